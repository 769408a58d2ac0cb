/**
 * What stands around a credential in repositories: one file's text for a name and a value, in the ways people write them. Every surrounding gives the
 * path too, for half of what a scanner knows is the name of the file.
 */
export type Surrounding = { readonly id: string; readonly path: string; readonly text: (name: string, value: string) => string }

const camel = (name: string) => name.toLowerCase().replaceAll(/[_.-]+(\w)/g, (_, letter: string) => letter.toUpperCase())
const pascal = (name: string) => camel(name).replace(/^\w/, (letter) => letter.toUpperCase())
const snake = (name: string) => name.toLowerCase().replaceAll(/[.-]/g, '_')
const upper = (name: string) => snake(name).toUpperCase()
const kebab = (name: string) => snake(name).replaceAll('_', '-')
const dotted = (name: string) => snake(name).replaceAll('_', '.')
const quoted = (value: string) => JSON.stringify(value)
const single = (value: string) => `'${value.replaceAll(/[\\']/g, String.raw`\$&`)}'`
const xml = (value: string) => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** Surroundings that take any value without line breaks. */
export const surroundings: readonly Surrounding[] = [
  { id: 'dotenv', path: 'deploy/.env.production', text: (n, v) => `# production\nNODE_ENV=production\nPORT=8080\n${upper(n)}=${v}\nLOG_LEVEL=info\n` },
  { id: 'dotenv-quoted', path: '.env', text: (n, v) => `APP_NAME="Orders"\n${upper(n)}="${v}"\nAPP_URL=https://orders.internal\n` },
  { id: 'shell-export', path: 'scripts/deploy.sh', text: (n, v) => `#!/usr/bin/env bash\nset -euo pipefail\nexport ${upper(n)}=${single(v)}\nexport REGION=eu-central-1\n./run.sh "$@"\n` },
  { id: 'shell-inline', path: 'Makefile', text: (n, v) => `.PHONY: migrate\nmigrate:\n\t${upper(n)}=${v} ./bin/migrate --all\n` },
  { id: 'powershell', path: 'ops/Deploy.ps1', text: (n, v) => `param([string]$Stage = "prod")\n$env:${upper(n)} = ${single(v)}\nWrite-Host "deploying $Stage"\n` },
  { id: 'batch', path: 'build.bat', text: (n, v) => `@echo off\nset ${upper(n)}=${v}\ncall gradlew build\n` },
  { id: 'yaml', path: 'config/settings.yml', text: (n, v) => `app:\n  name: orders\n  replicas: 3\n  ${snake(n)}: ${v}\n  timeout: 30s\n` },
  { id: 'yaml-quoted', path: 'charts/app/values.yaml', text: (n, v) => `image:\n  repository: registry.internal/app\n  tag: 1.4.2\nconfig:\n  ${camel(n)}: ${quoted(v)}\n` },
  { id: 'compose', path: 'docker-compose.yml', text: (n, v) => `services:\n  app:\n    image: app:1.4\n    environment:\n      - TZ=UTC\n      - ${upper(n)}=${v}\n    ports: ["8080:8080"]\n` },
  { id: 'kubernetes-env', path: 'k8s/deployment.yaml', text: (n, v) => `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: orders\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          image: app:1\n          env:\n            - name: ${upper(n)}\n              value: ${quoted(v)}\n` },
  { id: 'github-actions', path: '.github/workflows/ci.yml', text: (n, v) => `on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    env:\n      ${upper(n)}: ${v}\n    steps:\n      - uses: actions/checkout@v4\n` },
  { id: 'gitlab-ci', path: '.gitlab-ci.yml', text: (n, v) => `variables:\n  GIT_DEPTH: "1"\n  ${upper(n)}: ${quoted(v)}\ntest:\n  script: [make test]\n` },
  { id: 'json', path: 'config/production.json', text: (n, v) => JSON.stringify({ name: 'orders', port: 8080, [camel(n)]: v, debug: false }, null, 2) },
  { id: 'json-minified', path: 'secrets/app.json', text: (n, v) => JSON.stringify({ version: 3, settings: { [snake(n)]: v, region: 'eu' } }) },
  { id: 'appsettings', path: 'src/Api/appsettings.json', text: (n, v) => JSON.stringify({ Logging: { LogLevel: { Default: 'Warning' } }, [pascal(n)]: v, AllowedHosts: '*' }, null, 2) },
  { id: 'mcp', path: '.cursor/mcp.json', text: (n, v) => JSON.stringify({ mcpServers: { orders: { command: 'npx', args: ['-y', '@acme/mcp'], env: { [upper(n)]: v } } } }, null, 2) },
  { id: 'toml', path: 'config.toml', text: (n, v) => `[server]\nport = 9000\n\n[auth]\n${snake(n)} = ${quoted(v)}\nenabled = true\n` },
  { id: 'ini', path: 'etc/app.ini', text: (n, v) => `[main]\nworkers = 4\n${snake(n)} = ${v}\nlog = /var/log/app.log\n` },
  { id: 'properties', path: 'src/main/resources/application.properties', text: (n, v) => `server.port=8080\nspring.application.name=orders\n${dotted(n)}=${v.replaceAll('\\', '\\\\')}\n` },
  { id: 'xml-element', path: 'conf/service.xml', text: (n, v) => `<?xml version="1.0"?>\n<service>\n  <name>orders</name>\n  <${camel(n)}>${xml(v)}</${camel(n)}>\n</service>\n` },
  { id: 'xml-add-key', path: 'Web.config', text: (n, v) => `<configuration>\n  <appSettings>\n    <add key="Theme" value="dark"/>\n    <add key="${pascal(n)}" value="${xml(v)}"/>\n  </appSettings>\n</configuration>\n` },
  { id: 'xml-property', path: 'beans/context.xml', text: (n, v) => `<beans>\n  <bean id="client" class="com.acme.Client">\n    <property name="${camel(n)}" value="${xml(v)}"/>\n  </bean>\n</beans>\n` },
  { id: 'plist', path: 'ios/App/Info.plist', text: (n, v) => `<plist version="1.0"><dict>\n<key>CFBundleName</key>\n<string>App</string>\n<key>${pascal(n)}</key>\n<string>${xml(v)}</string>\n</dict></plist>\n` },
  { id: 'android-strings', path: 'app/src/main/res/values/keys.xml', text: (n, v) => `<resources>\n    <string name="app_name">Orders</string>\n    <string name="${snake(n)}">${xml(v)}</string>\n</resources>\n` },
  { id: 'terraform', path: 'infra/main.tf', text: (n, v) => `provider "acme" {\n  region = "eu"\n  ${snake(n)} = ${quoted(v)}\n}\n` },
  { id: 'tfvars', path: 'infra/prod.tfvars', text: (n, v) => `region        = "eu-central-1"\n${snake(n)}      = ${quoted(v)}\ninstance_type = "t3.large"\n` },
  { id: 'dockerfile', path: 'Dockerfile', text: (n, v) => `FROM node:24\nWORKDIR /app\nENV ${upper(n)}=${v}\nCOPY . .\nCMD ["node", "main.js"]\n` },
  { id: 'systemd', path: 'deploy/app.service', text: (n, v) => `[Unit]\nDescription=Orders\n[Service]\nEnvironment="${upper(n)}=${v}"\nExecStart=/usr/bin/app\n` },
  { id: 'python', path: 'app/settings.py', text: (n, v) => `import os\n\nDEBUG = False\n${upper(n)} = ${quoted(v)}\nTIMEOUT = int(os.environ.get("TIMEOUT", "30"))\n` },
  { id: 'python-environ', path: 'tasks.py', text: (n, v) => `import os\nos.environ["${upper(n)}"] = ${single(v)}\n\ndef main():\n    run()\n` },
  { id: 'python-kwarg', path: 'client.py', text: (n, v) => `from acme import Client\n\nclient = Client(region="eu", ${snake(n)}=${quoted(v)}, retries=3)\n` },
  { id: 'python-default', path: 'worker.py', text: (n, v) => `import os\ntoken = os.getenv("${upper(n)}", ${quoted(v)})\n` },
  { id: 'javascript', path: 'src/config.js', text: (n, v) => `const axios = require('axios')\nconst ${camel(n)} = ${single(v)}\nmodule.exports = { ${camel(n)}, retries: 3 }\n` },
  { id: 'javascript-object', path: 'server/index.mjs', text: (n, v) => `export const options = {\n  region: 'eu',\n  ${camel(n)}: ${single(v)},\n  retries: 3,\n}\n` },
  { id: 'typescript', path: 'src/app/environment.prod.ts', text: (n, v) => `export const environment = {\n  production: true,\n  ${camel(n)}: ${quoted(v)},\n};\n` },
  { id: 'typescript-typed', path: 'src/service.ts', text: (n, v) => `class Service {\n  private readonly ${camel(n)}: string = ${quoted(v)}\n  run() { return this.send(this.${camel(n)}) }\n}\n` },
  { id: 'java', path: 'src/main/java/com/acme/Config.java', text: (n, v) => `public final class Config {\n    private static final String ${upper(n)} = ${quoted(v)};\n    static final int RETRIES = 3;\n}\n` },
  { id: 'java-setter', path: 'src/main/java/com/acme/Boot.java', text: (n, v) => `class Boot {\n  void init(Client client) {\n    client.setRegion("eu");\n    client.set${pascal(n)}(${quoted(v)});\n  }\n}\n` },
  { id: 'kotlin', path: 'app/src/main/kotlin/Keys.kt', text: (n, v) => `object Keys {\n    const val ${upper(n)} = ${quoted(v).replaceAll('$', String.raw`\$`)}\n}\n` },
  { id: 'go', path: 'internal/config/config.go', text: (n, v) => `package config\n\nconst (\n\tregion = "eu"\n\t${camel(n)} = ${quoted(v)}\n)\n` },
  { id: 'go-short', path: 'cmd/app/main.go', text: (n, v) => `package main\n\nfunc main() {\n\t${camel(n)} := ${quoted(v)}\n\trun(${camel(n)})\n}\n` },
  { id: 'csharp', path: 'src/Keys.cs', text: (n, v) => `namespace Acme;\npublic static class Keys\n{\n    public const string ${pascal(n)} = ${quoted(v)};\n}\n` },
  { id: 'php-define', path: 'config.php', text: (n, v) => `<?php\ndefine('APP_ENV', 'prod');\ndefine('${upper(n)}', ${single(v)});\n` },
  { id: 'php-array', path: 'config/services.php', text: (n, v) => `<?php\nreturn [\n    'region' => 'eu',\n    '${snake(n)}' => ${single(v)},\n];\n` },
  { id: 'ruby', path: 'config/initializers/acme.rb', text: (n, v) => `Acme.configure do |config|\n  config.region = 'eu'\n  config.${snake(n)} = ${single(v)}\nend\n` },
  { id: 'ruby-hash', path: 'lib/client.rb', text: (n, v) => `CLIENT = Client.new(region: 'eu', :${snake(n)} => ${single(v)})\n` },
  { id: 'rust', path: 'src/main.rs', text: (n, v) => `const ${upper(n)}: &str = ${quoted(v)};\n\nfn main() {\n    run(${upper(n)});\n}\n` },
  { id: 'swift', path: 'App/Secrets.swift', text: (n, v) => `enum Secrets {\n    static let ${camel(n)} = ${quoted(v)}\n}\n` },
  { id: 'dart', path: 'lib/keys.dart', text: (n, v) => `const String ${camel(n)} = ${single(v).replaceAll('$', String.raw`\$`)};\n` },
  { id: 'c-define', path: 'firmware/config.h', text: (n, v) => `#pragma once\n#define WIFI_CHANNEL 6\n#define ${upper(n)} ${quoted(v)}\n` },
  { id: 'scala', path: 'src/main/scala/Main.scala', text: (n, v) => `object Main extends App {\n  val ${camel(n)}: String = ${quoted(v)}\n}\n` },
  { id: 'elixir', path: 'config/prod.exs', text: (n, v) => `import Config\nconfig :app, App.Client,\n  region: "eu",\n  ${snake(n)}: ${quoted(v)}\n` },
  { id: 'clojure', path: 'resources/config.edn', text: (n, v) => `{:port 8080\n :${kebab(n)} ${quoted(v)}}\n` },
  { id: 'jenkinsfile', path: 'Jenkinsfile', text: (n, v) => `pipeline {\n  agent any\n  environment {\n    ${upper(n)} = ${single(v)}\n  }\n}\n` },
  { id: 'markdown', path: 'docs/setup.md', text: (n, v) => `# Setup\n\nSet the key first:\n\n\`\`\`sh\nexport ${upper(n)}=${v}\n\`\`\`\n` },
  { id: 'notebook', path: 'analysis.ipynb', text: (n, v) => JSON.stringify({ cells: [{ cell_type: 'code', execution_count: 1, metadata: {}, outputs: [], source: [`import acme\n`, `${snake(n)} = "${v}"\n`] }], metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1) },
  { id: 'json-in-string', path: 'test/send.sh', text: (n, v) => `curl -X POST https://api.internal/login -d "{\\"user\\": \\"bot\\", \\"${snake(n)}\\": \\"${v}\\"}"\n` },
  { id: 'comment', path: 'src/legacy.py', text: (n, v) => `def connect():\n    # old: ${snake(n)} = "${v}"\n    return None\n` },
  { id: 'cli-option', path: 'run.sh', text: (n, v) => `#!/bin/sh\n./app --region eu --${kebab(n)}=${v} --verbose\n` },
  { id: 'log-line', path: 'logs/app.log', text: (n, v) => `2026-03-02T10:11:12Z INFO starting\n2026-03-02T10:11:12Z DEBUG ${camel(n)}=${v} region=eu\n` },
]

/** Surroundings for a secret that a header, a command or a query carries, whatever its provider. */
export const carriers: readonly Surrounding[] = [
  { id: 'bearer-curl', path: 'scripts/call.sh', text: (_, v) => `curl -s -H "Authorization: Bearer ${v}" https://api.internal/v1/me\n` },
  { id: 'bearer-code', path: 'src/fetch.ts', text: (_, v) => `await fetch(url, { headers: { Authorization: 'Bearer ${v}', Accept: 'application/json' } })\n` },
  { id: 'api-key-header', path: 'scripts/query.sh', text: (_, v) => `curl -H 'X-API-Key: ${v}' https://api.internal/items\n` },
  { id: 'query', path: 'README.md', text: (_, v) => `Open https://api.internal/items?limit=3&api_key=${v} in a browser.\n` },
  { id: 'http-file', path: 'requests/login.http', text: (_, v) => `GET https://api.internal/me\nAuthorization: Bearer ${v}\n` },
]
