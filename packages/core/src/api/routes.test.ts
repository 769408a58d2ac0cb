import { describe, expect, it } from 'vitest'
import { actionRoles, apiRoutes, type RouteSpec } from './index.ts'

const table: readonly (readonly [string, RouteSpec])[] = Object.entries(apiRoutes)

describe('the route table', () => {
  it('names every method and path once', () => {
    const keys = table.map(([, route]) => `${route.method} ${route.path}`)
    expect(new Set(keys).size).toBe(keys.length)
  })

  it('declares a schema for exactly the parameters a path has', () => {
    for (const [name, route] of table) {
      const inPath = [...route.path.matchAll(/:(\w+)/g)].map((match) => match[1]).sort()
      expect(Object.keys(route.params?.shape ?? {}).sort(), name).toEqual(inPath)
    }
  })

  it('lets no route that changes something be open to a viewer, save for what is the own', () => {
    const own = new Set(['account.self', 'token.self', 'view.write'])
    for (const [name, route] of table) {
      if (route.method === 'GET' || route.action === null || own.has(route.action)) continue
      expect(actionRoles[route.action], name).not.toBe('viewer')
    }
  })

  it('takes ids alone in a path, where proxies and histories keep what they see', () => {
    for (const [name, route] of table) expect([...route.path.matchAll(/:(\w+)/g)].map(([, parameter]) => parameter), name).toEqual(route.params === undefined ? [] : ['id'])
  })

  it('leaves open to everyone only what signing in needs', () => {
    const open = table.filter(([, route]) => route.action === null).map(([name]) => name).sort()
    expect(open).toEqual(['getSession', 'getSignInLink', 'redeemSignInLink', 'signIn'])
  })
})
