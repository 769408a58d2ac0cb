import type { ConfigurationFormat, RuleDescription, Violation } from '@muster/core'
import type { Policy } from '@muster/core/api'
import type { ConfigurationSubject, CredentialSubject, EndpointSubject, Subject } from './subject.ts'

/** What a rule may know besides its subject. */
export type RuleContext = { readonly now: Date; readonly policy: Policy }

type RuleOf<S extends Subject> = RuleDescription & {
  readonly object: S['type']
  /** The violation, or null when the rule holds for the subject or does not apply to it. */
  readonly check: (subject: S, context: RuleContext) => Violation | null
}

export type CredentialRule = RuleOf<CredentialSubject>
export type EndpointRule = RuleOf<EndpointSubject>
export type ConfigurationRule = RuleOf<ConfigurationSubject> & { readonly format: ConfigurationFormat }
export type Rule = CredentialRule | EndpointRule | ConfigurationRule
