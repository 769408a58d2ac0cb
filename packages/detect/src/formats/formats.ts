import { awsConfigFormat } from './aws.ts'
import { connectionStringFormat } from './connection-strings.ts'
import { composeFormat } from './compose.ts'
import { dockerConfigFormat } from './docker-config.ts'
import { dockerfileFormat } from './dockerfile.ts'
import { dotenvFormat } from './dotenv.ts'
import { filezillaFormat } from './filezilla.ts'
import { gitCredentialsFormat } from './git-credentials.ts'
import { iniFormat, myCnfFormat, pypircFormat, rcloneFormat } from './ini-files.ts'
import type { Format } from './input.ts'
import { kubeconfigFormat } from './kubeconfig.ts'
import { kubernetesFormat } from './kubernetes.ts'
import { netrcFormat } from './netrc.ts'
import { npmrcFormat } from './npmrc.ts'
import { htpasswdFormat, shadowFormat } from './password-hashes.ts'
import { pgpassFormat } from './pgpass.ts'
import { urlFormat } from './urls.ts'
import { wpConfigFormat } from './wp-config.ts'

/** Every format, in the order they are asked: what one has taken, a later one leaves alone. */
export const formats: readonly Format[] = [
  gitCredentialsFormat, dockerConfigFormat, netrcFormat, pgpassFormat, npmrcFormat, myCnfFormat, pypircFormat, awsConfigFormat, rcloneFormat,
  shadowFormat, htpasswdFormat, filezillaFormat, wpConfigFormat,
  kubeconfigFormat, kubernetesFormat, composeFormat, dockerfileFormat, dotenvFormat,
  connectionStringFormat, urlFormat,
  iniFormat,
]
