import { Menu as Base } from '@base-ui/react/menu'
import { Check } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'

const item = 'flex min-h-7 items-center gap-2 rounded-md px-2 text-sm text-ink outline-none data-highlighted:bg-hover data-disabled:opacity-50 [&_svg]:size-3.5 [&_svg]:text-ink-3'

/** A menu below the trigger element. */
export function Menu({ trigger, children, align = 'end', side = 'bottom' }: { trigger: ReactElement; children: ReactNode; align?: 'start' | 'end'; side?: 'bottom' | 'top' }): ReactNode {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align={align} side={side} className="z-50">
          <Base.Popup className="max-h-(--available-height) min-w-44 overflow-y-auto rounded-lg bg-raised p-1 shadow-pop outline-none">{children}</Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

/** Does something. */
export function MenuItem({ onClick, children, disabled = false }: { onClick: () => void; children: ReactNode; disabled?: boolean }): ReactNode {
  return <Base.Item className={item} onClick={onClick} disabled={disabled}>{children}</Base.Item>
}

/** Follows a link, as a plain anchor: downloads included. */
export function MenuLink({ href, children, download = false }: { href: string; children: ReactNode; download?: boolean }): ReactNode {
  return <Base.LinkItem className={item} href={href} closeOnClick {...(download ? { download: '' } : {})}>{children}</Base.LinkItem>
}

/** On or off; the menu stays open. */
export function MenuCheck({ checked, onChange, children, disabled = false }: { checked: boolean; onChange: (checked: boolean) => void; children: ReactNode; disabled?: boolean }): ReactNode {
  return (
    <Base.CheckboxItem className={item} checked={checked} onCheckedChange={onChange} disabled={disabled} closeOnClick={false}>
      <span className="flex w-3.5"><Base.CheckboxItemIndicator><Check aria-hidden /></Base.CheckboxItemIndicator></span>
      {children}
    </Base.CheckboxItem>
  )
}

/** One of several. */
export function MenuRadio<Value extends string>({ value, onChange, options }: { value: Value; onChange: (value: Value) => void; options: readonly { value: Value; label: string }[] }): ReactNode {
  return (
    <Base.RadioGroup value={value} onValueChange={(next: Value) => onChange(next)}>
      {options.map((option) => (
        <Base.RadioItem key={option.value} value={option.value} className={item} closeOnClick>
          <span className="flex w-3.5"><Base.RadioItemIndicator><Check aria-hidden /></Base.RadioItemIndicator></span>
          {option.label}
        </Base.RadioItem>
      ))}
    </Base.RadioGroup>
  )
}

/** A titled group of items. */
export function MenuGroup({ title, children }: { title: string; children: ReactNode }): ReactNode {
  return (
    <Base.Group>
      <Base.GroupLabel className="px-2 pt-2 pb-1 text-xs text-ink-3">{title}</Base.GroupLabel>
      {children}
    </Base.Group>
  )
}
export function MenuSeparator(): ReactNode {
  return <Base.Separator className="mx-1 my-1 h-px bg-line" />
}
