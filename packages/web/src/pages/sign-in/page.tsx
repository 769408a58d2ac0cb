import { useQueryClient } from '@tanstack/react-query'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useEffect, useState, type ReactNode } from 'react'
import { sessionQuery } from '../../api/query.ts'
import { Mark } from '../../app/mark.tsx'
import { LinkForm } from './link-form.tsx'
import { PasswordForm } from './password-form.tsx'

/** The token of a sign-in link, from the address's fragment: it never travels to the server in a URL. */
function tokenOfAddress(): string | null {
  return new URLSearchParams(window.location.hash.slice(1)).get('token')
}

/** Sign in with a password, or by a sign-in link that sets one. */
export function SignInPage(): ReactNode {
  const client = useQueryClient()
  const navigate = useNavigate()
  const { back } = useSearch({ from: '/sign-in' })
  const [token, setToken] = useState(tokenOfAddress)
  useEffect(() => {
    // A link pasted into the address bar of this very page only changes the fragment.
    const follow = (): void => setToken(tokenOfAddress())
    window.addEventListener('hashchange', follow)
    return () => window.removeEventListener('hashchange', follow)
  }, [])
  const done = async (): Promise<void> => {
    client.removeQueries({ predicate: (query) => query.queryKey[0] !== sessionQuery.queryKey[0] })
    await client.invalidateQueries({ queryKey: sessionQuery.queryKey, refetchType: 'none' })
    // The whole address may carry a page's filter, so it is handed over as it is.
    await navigate({ href: back ?? '/', replace: true })
  }
  return (
    <main id="main" className="flex h-dvh flex-col items-center overflow-y-auto bg-sunken px-4 pt-[16vh] pb-8">
      <div className="w-full max-w-[340px]">
        <div className="mb-8 flex items-center gap-2.5">
          <Mark size={28} />
          <span className="text-lg font-semibold tracking-tight">Muster</span>
        </div>
        {token === null ? <PasswordForm onDone={done} /> : <LinkForm key={token} token={token} onDone={done} onPassword={() => setToken(null)} />}
      </div>
    </main>
  )
}
