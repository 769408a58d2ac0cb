import { ansibleInventoryFormat, ansibleVaultFormat } from './ansible.ts'
import { awsConfigFormat } from './aws.ts'
import { azureFormat, gcloudFormat, jwksFormat } from './cloud-json.ts'
import { composeFormat } from './compose.ts'
import { connectionStringFormat } from './connection-strings.ts'
import { csvFormat } from './csv.ts'
import { dockerConfigFormat } from './docker-config.ts'
import { dockerfileFormat } from './dockerfile.ts'
import { dotenvFormat } from './dotenv.ts'
import { appSettingsFormat, configXmlFormat } from './dotnet.ts'
import { filezillaFormat } from './filezilla.ts'
import { gitCredentialsFormat } from './git-credentials.ts'
import { githubActionsFormat } from './github-actions.ts'
import { gitlabCiFormat } from './gitlab-ci.ts'
import { iniFormat, myCnfFormat, pypircFormat, rcloneFormat } from './ini-files.ts'
import type { Format } from './input.ts'
import { javaPropertiesFormat } from './java-config.ts'
import { jenkinsFormat } from './jenkins.ts'
import { jwtFormat } from './jwt.ts'
import { keyFileFormat } from './key-files.ts'
import { keytabFormat } from './keytab.ts'
import { kubeconfigFormat } from './kubeconfig.ts'
import { kubernetesFormat } from './kubernetes.ts'
import { loginLinesFormat, subversionFormat } from './login-lines.ts'
import { mcpFormat } from './mcp.ts'
import { netrcFormat } from './netrc.ts'
import { npmrcFormat } from './npmrc.ts'
import { azurePipelinesFormat, circleCiFormat } from './other-ci.ts'
import { htpasswdFormat, shadowFormat } from './password-hashes.ts'
import { pgpassFormat } from './pgpass.ts'
import { sqlRowsFormat } from './sql-rows.ts'
import { systemdFormat } from './systemd.ts'
import { terraformFormat, terraformStateFormat } from './terraform.ts'
import { cargoFormat, composerFormat, forgeCliFormat, terraformCliFormat } from './tool-logins.ts'
import { trustFormat } from './trusts/format.ts'
import { urlFormat } from './urls.ts'
import { wpConfigFormat } from './wp-config.ts'
import { yamlSettingsFormat } from './yaml-settings.ts'

/** Every format, in the order they are asked: what one has taken, a later one leaves alone. */
export const formats: readonly Format[] = [
  keytabFormat, keyFileFormat, ansibleVaultFormat, loginLinesFormat, subversionFormat,
  gitCredentialsFormat, dockerConfigFormat, netrcFormat, pgpassFormat, npmrcFormat, myCnfFormat, pypircFormat, awsConfigFormat, rcloneFormat,
  shadowFormat, htpasswdFormat, filezillaFormat, jenkinsFormat, wpConfigFormat, gcloudFormat, azureFormat, jwksFormat, terraformStateFormat,
  composerFormat, terraformCliFormat, forgeCliFormat, cargoFormat, mcpFormat, systemdFormat, trustFormat,
  kubeconfigFormat, kubernetesFormat, composeFormat, githubActionsFormat, gitlabCiFormat, circleCiFormat, azurePipelinesFormat, ansibleInventoryFormat,
  dockerfileFormat, dotenvFormat,
  connectionStringFormat, urlFormat,
  terraformFormat, javaPropertiesFormat, appSettingsFormat, configXmlFormat, yamlSettingsFormat, iniFormat, csvFormat, sqlRowsFormat,
  jwtFormat,
]
