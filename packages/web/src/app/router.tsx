import { configurationListQuerySchema, credentialListQuerySchema, endpointListQuerySchema, findingListQuerySchema, machineListQuerySchema } from '@muster/core/api'
import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from '@tanstack/react-router'
import type { z } from 'zod'
import { sessionQuery } from '../api/query.ts'
import { parseSearch, rawSearch, searchOf } from '../format/search.ts'
import { changesSearchSchema } from '../pages/changes/search.ts'
import { rulesSearchSchema } from '../pages/rules/search.ts'
import { scansSearch } from '../pages/scans/search.ts'
import { NotFoundPage, RouteFailure, RoutePending } from './route-states.tsx'
import { Shell } from './shell.tsx'

type Context = { readonly queryClient: QueryClient }
type Loose = Record<string, unknown>

const root = createRootRouteWithContext<Context>()({ component: Outlet, errorComponent: RouteFailure, notFoundComponent: NotFoundPage })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Loose): { back?: string } => (typeof search['back'] === 'string' && /^\/(?![/\\])/.test(search['back']) ? { back: search['back'] } : {}),
  component: lazyRouteComponent(() => import('../pages/sign-in/page.tsx'), 'SignInPage'),
})

const app = createRoute({
  getParentRoute: () => root,
  id: 'app',
  beforeLoad: async ({ context, location }) => {
    const session = await context.queryClient.query(sessionQuery)
    if (session.account === null) throw redirect({ to: '/sign-in', search: location.href === '/' ? {} : { back: location.href } })
  },
  component: Shell,
  errorComponent: RouteFailure,
})

/** Keys of the schema are checked; `peek` and `group` belong to the page itself. */
function searchOfPage(schema: z.ZodObject): (search: Loose) => Loose {
  return (search) => ({
    ...parseSearch(schema, search),
    ...(typeof search['peek'] === 'string' ? { peek: search['peek'] } : {}),
    ...(typeof search['group'] === 'string' ? { group: search['group'] } : {}),
  })
}

const overview = createRoute({ getParentRoute: () => app, path: '/', component: lazyRouteComponent(() => import('../pages/overview/page.tsx'), 'OverviewPage') })
const inventory = createRoute({ getParentRoute: () => app, path: '/inventory', validateSearch: searchOfPage(credentialListQuerySchema), component: lazyRouteComponent(() => import('../pages/inventory/page.tsx'), 'InventoryPage') })
const credential = createRoute({ getParentRoute: () => app, path: '/inventory/$id', component: lazyRouteComponent(() => import('../pages/credential/page.tsx'), 'CredentialPage') })
const machines = createRoute({ getParentRoute: () => app, path: '/machines', validateSearch: searchOfPage(machineListQuerySchema), component: lazyRouteComponent(() => import('../pages/machines/page.tsx'), 'MachinesPage') })
const machine = createRoute({ getParentRoute: () => app, path: '/machines/$id', component: lazyRouteComponent(() => import('../pages/machines/machine.tsx'), 'MachinePage') })
const sources = createRoute({ getParentRoute: () => app, path: '/sources', validateSearch: searchOfPage(machineListQuerySchema), component: lazyRouteComponent(() => import('../pages/sources/page.tsx'), 'SourcesPage') })
const source = createRoute({ getParentRoute: () => app, path: '/sources/$id', component: lazyRouteComponent(() => import('../pages/machines/machine.tsx'), 'SourcePage') })
const endpoints = createRoute({ getParentRoute: () => app, path: '/endpoints', validateSearch: searchOfPage(endpointListQuerySchema), component: lazyRouteComponent(() => import('../pages/endpoints/page.tsx'), 'EndpointsPage') })
const configurations = createRoute({ getParentRoute: () => app, path: '/configurations', validateSearch: searchOfPage(configurationListQuerySchema), component: lazyRouteComponent(() => import('../pages/configurations/page.tsx'), 'ConfigurationsPage') })
const findings = createRoute({ getParentRoute: () => app, path: '/findings', validateSearch: searchOfPage(findingListQuerySchema), component: lazyRouteComponent(() => import('../pages/findings/page.tsx'), 'FindingsPage') })
const changes = createRoute({ getParentRoute: () => app, path: '/changes', validateSearch: (search: Loose): Loose => parseSearch(changesSearchSchema, search), component: lazyRouteComponent(() => import('../pages/changes/page.tsx'), 'ChangesPage') })
const rules = createRoute({ getParentRoute: () => app, path: '/rules', validateSearch: (search: Loose): Loose => parseSearch(rulesSearchSchema, search), component: lazyRouteComponent(() => import('../pages/rules/page.tsx'), 'RulesPage') })
const scans = createRoute({ getParentRoute: () => app, path: '/scans', validateSearch: scansSearch, component: lazyRouteComponent(() => import('../pages/scans/page.tsx'), 'ScansPage') })
const scan = createRoute({ getParentRoute: () => app, path: '/scans/$id', component: lazyRouteComponent(() => import('../pages/scans/scan.tsx'), 'ScanPage') })
const jobs = createRoute({ getParentRoute: () => app, path: '/jobs', validateSearch: (search: Loose): { state?: string } => (typeof search['state'] === 'string' ? { state: search['state'] } : {}), component: lazyRouteComponent(() => import('../pages/jobs/page.tsx'), 'JobsPage') })
const audit = createRoute({ getParentRoute: () => app, path: '/audit', validateSearch: (search: Loose): Loose => Object.fromEntries(['actor', 'action', 'objectId'].filter((key) => typeof search[key] === 'string').map((key) => [key, search[key]])), component: lazyRouteComponent(() => import('../pages/audit/page.tsx'), 'AuditPage') })
const settings = createRoute({ getParentRoute: () => app, path: '/settings', beforeLoad: () => { throw redirect({ to: '/settings/$tab', params: { tab: 'account' } }) } })
const settingsTab = createRoute({ getParentRoute: () => app, path: '/settings/$tab', component: lazyRouteComponent(() => import('../pages/settings/page.tsx'), 'SettingsPage') })

const tree = root.addChildren([signIn, app.addChildren([overview, inventory, credential, machines, machine, sources, source, endpoints, configurations, findings, changes, rules, scans, scan, jobs, audit, settings, settingsTab])])

/** The application's routes; every page is its own chunk, fetched when a link to it is pointed at. */
export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queryClient },
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultPendingComponent: RoutePending,
    defaultErrorComponent: RouteFailure,
    defaultNotFoundComponent: NotFoundPage,
    // Plain text on both sides: `?kind=certificate,crl`, no JSON in the address bar.
    parseSearch: rawSearch,
    stringifySearch: (search) => {
      const query = searchOf(search)
      return query === '' ? '' : `?${query}`
    },
    scrollRestoration: false,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>
  }
}
