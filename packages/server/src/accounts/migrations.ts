import type { Migration } from '../platform/db/db.ts'

/** Accounts, and everything they sign in with; tokens of any kind are stored as SHA-256 only. */
export const accountsMigrations: readonly Migration[] = [
  {
    id: '0003-accounts',
    statements: [
      `CREATE TABLE accounts (
        tenant_id text NOT NULL,
        id uuid NOT NULL,
        email text NOT NULL,
        name text NOT NULL,
        role text NOT NULL CHECK (role IN ('viewer', 'operator', 'administrator')),
        password_hash text,
        totp_secret text,
        totp_pending text,
        totp_last_step bigint,
        disabled boolean NOT NULL DEFAULT false,
        created_at timestamptz NOT NULL,
        last_sign_in_at timestamptz,
        PRIMARY KEY (tenant_id, id),
        UNIQUE (tenant_id, email)
      )`,
      `CREATE TABLE sessions (
        tenant_id text NOT NULL,
        token_hash text NOT NULL,
        account_id uuid NOT NULL,
        created_at timestamptz NOT NULL,
        last_used_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, token_hash),
        FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
      )`,
      'CREATE INDEX sessions_account ON sessions (tenant_id, account_id)',
      `CREATE TABLE sign_in_links (
        tenant_id text NOT NULL,
        token_hash text NOT NULL,
        purpose text NOT NULL CHECK (purpose IN ('first-administrator', 'invitation')),
        account_id uuid,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        redeemed_at timestamptz,
        PRIMARY KEY (tenant_id, token_hash),
        FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
      )`,
      `CREATE TABLE api_tokens (
        tenant_id text NOT NULL,
        id uuid NOT NULL,
        token_hash text NOT NULL,
        name text NOT NULL,
        role text NOT NULL CHECK (role IN ('viewer', 'operator', 'administrator')),
        account_id uuid,
        created_by text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz,
        last_used_at timestamptz,
        revoked_at timestamptz,
        PRIMARY KEY (tenant_id, id),
        UNIQUE (tenant_id, token_hash),
        FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id) ON DELETE CASCADE
      )`,
      `CREATE TABLE rate_buckets (
        tenant_id text NOT NULL,
        key text NOT NULL,
        tokens double precision NOT NULL,
        granted boolean NOT NULL,
        refilled_at timestamptz NOT NULL,
        PRIMARY KEY (tenant_id, key)
      )`,
    ],
  },
  {
    id: '0041-api-token-makers',
    statements: ['ALTER TABLE api_tokens ADD COLUMN made_with uuid', 'CREATE INDEX api_tokens_made_with ON api_tokens (tenant_id, made_with) WHERE made_with IS NOT NULL'],
  },
]
