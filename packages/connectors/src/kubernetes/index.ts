export { createKubernetesConnector, type KubernetesConnectorParts } from './connector.ts'
export { type KubernetesOptions, kubernetesOptionsSchema } from './options.ts'
