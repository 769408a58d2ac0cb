import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/jetbrains-mono/wght.css'
import './styles.css'
import { CSPProvider } from '@base-ui/react/csp-provider'
import { systemClock } from '@muster/core'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createQueryClient, sessionQuery } from './api/query.ts'
import { createAppRouter } from './app/router.tsx'
import { NowProvider } from './ui/time.tsx'
import { Toaster } from './ui/toast.tsx'
import { TooltipProvider } from './ui/tooltip.tsx'

const client = createQueryClient(() => {
  void client.invalidateQueries({ queryKey: sessionQuery.queryKey }).then(() => router.invalidate())
})
const router = createAppRouter(client)

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <NowProvider clock={systemClock}>
        {/* The server's policy lets no page bring style elements of its own. */}
        <CSPProvider disableStyleElements>
          <TooltipProvider delay={400}>
            <Toaster>
              <RouterProvider router={router} />
            </Toaster>
          </TooltipProvider>
        </CSPProvider>
      </NowProvider>
    </QueryClientProvider>
  </StrictMode>,
)
