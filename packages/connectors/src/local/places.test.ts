import { expect, test } from 'vitest'
import { documentRoots, placeJudge } from './places.ts'
import { rawPath } from './raw-path.ts'

const judge = placeJudge([rawPath('/data/site')])

test.each([
  ['/var/www/html/server.key', { inWebRoot: true }],
  ['/var/www2/server.key', { inWebRoot: false }],
  ['/home/a/public_html/id_rsa', { inWebRoot: true }],
  ['/data/site/.well-known/key.pem', { inWebRoot: true }],
  ['/data/site2/key.pem', { inWebRoot: false }],
  ['/etc/nginx/tls/server.key', { inServiceDirectory: true }],
  ['/etc/ssl/private/server.key', { inServiceDirectory: true }],
  ['/root/server.key', { inServiceDirectory: false }],
  ['/etc/ssl/certs/ca-certificates.crt', { trustStore: true }],
  ['/usr/lib/jvm/java-17/lib/security/cacerts', { trustStore: true }],
  ['/usr/local/share/ca-certificates/own-root.crt', { trustStore: false }],
  ['/etc/nginx/tls/server.crt', { trustStore: false }],
])('%s', (path, facts) => {
  expect(judge(rawPath(path))).toMatchObject(facts)
})

test('document roots are read from nginx, Apache, lighttpd and Caddy', () => {
  expect(
    documentRoots(
      `
    server { # comment
      root /srv/site;
      location /i/ { alias /srv/images/; }
      location /no { root $base/x; }
      # root /commented;
    }
    DocumentRoot "/srv/apache"
      Alias /pub /srv/pub
    server.document-root = "/srv/lighttpd"
    root * /srv/caddy
    root /;
    root relative/path;
  `
        .replaceAll('{ alias', '{\n alias')
        .replaceAll('; }', ';\n}'),
    ).sort(),
  ).toEqual(['/srv/apache', '/srv/caddy', '/srv/images', '/srv/lighttpd', '/srv/pub', '/srv/site'])
})
