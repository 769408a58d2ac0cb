import { named, token } from './row.ts'

/** Rules for package and image registries. */
export const registryRules: readonly string[] = [
  token('npm-access-token', 'npm access token', 'npm_[A-Za-z0-9]{36}', { entropy: null, structure: 'npm-token', examples: ['API_TOKEN="«!checksum npm_»"', 'token: «!checksum npm_»'] }),
  token('pypi-upload-token', 'PyPI upload token', String.raw`pypi-AgEIcHlwaS5vcmc[\w-]{50,1000}`),
  token('testpypi-upload-token', 'TestPyPI upload token', String.raw`pypi-AgENdGVzdC5weXBpLm9yZw[\w-]{50,1000}`),
  token('rubygems-api-key', 'RubyGems API key', 'rubygems_[a-f0-9]{48}', { entropy: null }),
  token('crates-io-token', 'crates.io API token', 'cio[A-Za-z0-9]{32}', { entropy: 4 }),
  token('clojars-deploy-token', 'Clojars deploy token', 'CLOJARS_[a-z0-9]{60}'),
  token('docker-hub-personal-token', 'Docker Hub personal access token', String.raw`dckr_pat_[\w-]{27}`),
  token('docker-hub-organization-token', 'Docker Hub organization access token', String.raw`dckr_oat_[\w-]{32}`),
  token('artifactory-api-key', 'JFrog Artifactory API key', 'AKCp[A-Za-z0-9]{69}', { entropy: 4 }),
  token('artifactory-reference-token', 'JFrog Artifactory reference token', 'cmVmd[A-Za-z0-9]{59}', { entropy: 4 }),
  token('deno-deploy-token', 'Deno Deploy token', 'ddp_[A-Za-z0-9]{36}'),
  token('nuget-api-key', 'NuGet API key', 'oy2[a-z0-9]{43}', { entropy: 3.5 }),
  token('packagist-token', 'Packagist token', 'packagist_[a-z]{3}_[a-f0-9]{68}'),
  named('hex-pm-key', 'Hex.pm API key', ['hex[_.-]?api', 'hex_key'], '[a-f0-9]{32}', { keywords: ['hex'] }),
  named('quay-robot-token', 'Quay robot token', ['quay'], '[A-Z0-9]{64}', { entropy: 3.8 }),
  named('jfrog-identity-token', 'JFrog access token', ['artifactory', 'jfrog'], '[A-Za-z0-9]{64,73}', { entropy: 3.8 }),
  named('nexus-user-token', 'Sonatype Nexus user token', ['nexus'], '[A-Za-z0-9+/]{44}', { entropy: 4 }),
  named('cloudsmith-api-key', 'Cloudsmith API key', ['cloudsmith'], '[a-f0-9]{40}'),
  token('cloudsmith-api-key-v1', 'Cloudsmith API key of the newer form', 'csa_[a-f0-9]{30}[A-Za-z0-9]{6}'),
  token('pyx-api-key', 'pyx API key', 'sk-pyx-[A-Za-z0-9]{45,70}'),
  token('deno-organisation-token', 'Deno Deploy token of an organisation', 'ddo_[A-Za-z0-9]{36}'),
  token('packagist-credential', 'Private Packagist credential', 'packagist_[a-z]{3}_[a-f0-9]{28,66}'),
]
