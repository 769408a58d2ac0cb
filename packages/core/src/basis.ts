// What needs no schema: a thread that looks at files or a page that shows an error starts without them.
export * from './clock.ts'
export * from './errors.ts'
export * from './secret.ts'
