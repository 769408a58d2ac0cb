import { Link, type LinkProps } from '@tanstack/react-router'
import type { ComponentProps, ReactNode } from 'react'
import { cx } from './cx.ts'
import { Tooltip } from './tooltip.tsx'

const base =
  'inline-flex h-7 shrink-0 items-center justify-center gap-1.5 rounded-md px-2.5 text-sm font-medium whitespace-nowrap transition-colors duration-75 select-none disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-3.5 [&_svg]:shrink-0'
const variants = {
  primary: 'bg-accent-solid text-on-accent hover:bg-accent-solid-hover disabled:hover:bg-accent-solid',
  secondary: 'bg-raised text-ink ring-1 ring-inset ring-line-strong hover:bg-hover data-popup-open:bg-hover',
  ghost: 'text-ink-2 hover:bg-hover hover:text-ink data-popup-open:bg-hover',
  danger: 'bg-raised text-critical ring-1 ring-inset ring-line-strong hover:bg-critical-wash',
} as const
export type ButtonVariant = keyof typeof variants

/** Classes of a button, for elements that must be something else (links, menu triggers). */
export function buttonClass(variant: ButtonVariant = 'secondary', extra?: string): string {
  return cx(base, variants[variant], extra)
}

type ButtonProps = Omit<ComponentProps<'button'>, 'type'> & { variant?: ButtonVariant; busy?: boolean; submit?: boolean }

/** A button; `busy` disables it and says so to assistive technology. */
export function Button({ variant = 'secondary', busy = false, submit = false, className, children, disabled, ...rest }: ButtonProps): ReactNode {
  return (
    <button
      type={submit ? 'submit' : 'button'}
      className={buttonClass(variant, className)}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      {...rest}
    >
      {busy ? <Spinner /> : null}
      {children}
    </button>
  )
}

/** A square button with an icon only; `label` is its accessible name and its tooltip. */
export function IconButton({ label, className, variant = 'ghost', tip = true, ...rest }: ButtonProps & { label: string; tip?: boolean }): ReactNode {
  const button = <Button variant={variant} aria-label={label} className={cx('w-7 px-0', className)} {...rest} />
  return tip ? <Tooltip text={label}>{button}</Tooltip> : button
}

/** A router link that looks like a button. */
export function ButtonLink({ variant = 'secondary', className, ...rest }: LinkProps & { variant?: ButtonVariant; className?: string }): ReactNode {
  return <Link className={buttonClass(variant, className)} {...rest} />
}

/** A small turning ring; purely visual. */
function Spinner(): ReactNode {
  return <span aria-hidden className="inline-block size-3 animate-spin rounded-full border-[1.5px] border-current border-r-transparent" />
}
