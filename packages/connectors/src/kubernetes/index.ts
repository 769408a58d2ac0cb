export type { ClusterAccess } from './access.ts'
export { createKubernetesConnector, type KubernetesConnectorParts } from './connector.ts'
export { type KubernetesOptions, kubernetesOptionsSchema } from './options.ts'
export { type KubeconfigContext, type KubeconfigParts, readKubeconfig } from './kubeconfig.ts'
