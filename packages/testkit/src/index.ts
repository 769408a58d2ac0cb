export * from './ca.ts'
export { subjectAltNamesDer, type TestExtension } from './ca-extensions.ts'
export * from './workbench.ts'
