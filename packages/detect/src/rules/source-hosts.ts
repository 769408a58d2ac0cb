/** Rules for code hosts, CI and developer tools, in the format of `compileConfig`. Parts of examples between « and » are patterns to draw from. */
export const sourceHostRules = String.raw`
[[rules]]
id = "github-personal-access-token"
description = "GitHub personal access token"
regex = '''\b(ghp_[A-Za-z0-9]{36})\b'''
keywords = ["ghp_"]
structure = "github-token"
examples = ['''API_TOKEN="«!checksum ghp_»"''', '''token: «!checksum ghp_»''']
counterexamples = ['''API_TOKEN="ghp_«[A-Za-z0-9]{35}»"''', '''token: ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "github-oauth-token"
description = "GitHub OAuth token"
regex = '''\b(gho_[A-Za-z0-9]{36})\b'''
keywords = ["gho_"]
structure = "github-token"
examples = ['''API_TOKEN="«!checksum gho_»"''', '''token: «!checksum gho_»''']
counterexamples = ['''API_TOKEN="gho_«[A-Za-z0-9]{35}»"''', '''token: gho_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "github-user-to-server-token"
description = "GitHub user-to-server token"
regex = '''\b(ghu_[A-Za-z0-9]{36})\b'''
keywords = ["ghu_"]
structure = "github-token"
examples = ['''API_TOKEN="«!checksum ghu_»"''', '''token: «!checksum ghu_»''']
counterexamples = ['''API_TOKEN="ghu_«[A-Za-z0-9]{35}»"''', '''token: ghu_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "github-installation-token"
description = "GitHub installation token"
regex = '''\b(ghs_[A-Za-z0-9]{36})\b'''
keywords = ["ghs_"]
structure = "github-token"
examples = ['''API_TOKEN="«!checksum ghs_»"''', '''token: «!checksum ghs_»''']
counterexamples = ['''API_TOKEN="ghs_«[A-Za-z0-9]{35}»"''', '''token: ghs_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "github-refresh-token"
description = "GitHub refresh token"
regex = '''\b(ghr_[A-Za-z0-9]{36})\b'''
keywords = ["ghr_"]
structure = "github-token"
examples = ['''API_TOKEN="«!checksum ghr_»"''', '''token: «!checksum ghr_»''']
counterexamples = ['''API_TOKEN="ghr_«[A-Za-z0-9]{35}»"''', '''token: ghr_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "github-fine-grained-token"
description = "GitHub fine-grained personal access token"
regex = '''\b(github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b'''
keywords = ["github_pat_"]
entropy = 3
examples = ['''API_TOKEN="github_pat_«[A-Za-z0-9]{22}_[A-Za-z0-9]{59}»"''', '''token: github_pat_«[A-Za-z0-9]{22}_[A-Za-z0-9]{59}»''']
counterexamples = ['''API_TOKEN="github_pat_«[A-Za-z0-9]{22}_[A-Za-z0-9]{58}»"''', '''token: github_pat_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "gitlab-personal-access-token"
description = "GitLab personal access token"
regex = '''\b(glpat-[\w-]{20})(?:[^\w-]|$)'''
keywords = ["glpat-"]
entropy = 3
examples = ['''API_TOKEN="glpat-«[\w-]{20}»"''', '''token: glpat-«[\w-]{20}»''']
counterexamples = ['''API_TOKEN="glpat-«[\w-]{19}»"''', '''token: glpat-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "gitlab-deploy-token"
description = "GitLab deploy token"
regex = '''\b(gldt-[\w-]{20})(?:[^\w-]|$)'''
keywords = ["gldt-"]
entropy = 3
examples = ['''API_TOKEN="gldt-«[\w-]{20}»"''', '''token: gldt-«[\w-]{20}»''']
counterexamples = ['''API_TOKEN="gldt-«[\w-]{19}»"''', '''token: gldt-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "gitlab-runner-authentication-token"
description = "GitLab runner authentication token"
regex = '''\b(glrt-[\w-]{20})(?:[^\w-]|$)'''
keywords = ["glrt-"]
entropy = 3
examples = ['''API_TOKEN="glrt-«[\w-]{20}»"''', '''token: glrt-«[\w-]{20}»''']
counterexamples = ['''API_TOKEN="glrt-«[\w-]{19}»"''', '''token: glrt-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "gitlab-feed-token"
description = "GitLab feed token"
regex = '''\b(glft-[\w-]{20})(?:[^\w-]|$)'''
keywords = ["glft-"]
entropy = 3
examples = ['''API_TOKEN="glft-«[\w-]{20}»"''', '''token: glft-«[\w-]{20}»''']
counterexamples = ['''API_TOKEN="glft-«[\w-]{19}»"''', '''token: glft-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "gitlab-scim-oauth-access-token"
description = "GitLab SCIM OAuth access token"
regex = '''\b(glsoat-[\w-]{20})(?:[^\w-]|$)'''
keywords = ["glsoat-"]
entropy = 3
examples = ['''API_TOKEN="glsoat-«[\w-]{20}»"''', '''token: glsoat-«[\w-]{20}»''']
counterexamples = ['''API_TOKEN="glsoat-«[\w-]{19}»"''', '''token: glsoat-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "gitlab-incoming-mail-token"
description = "GitLab incoming mail token"
regex = '''\b(glimt-[\w-]{25})(?:[^\w-]|$)'''
keywords = ["glimt-"]
entropy = 3
examples = ['''API_TOKEN="glimt-«[\w-]{25}»"''', '''token: glimt-«[\w-]{25}»''']
counterexamples = ['''API_TOKEN="glimt-«[\w-]{24}»"''', '''token: glimt-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "gitlab-agent-for-kubernetes-token"
description = "GitLab agent for Kubernetes token"
regex = '''\b(glagent-[\w-]{50})(?:[^\w-]|$)'''
keywords = ["glagent-"]
entropy = 3
examples = ['''API_TOKEN="glagent-«[\w-]{50}»"''', '''token: glagent-«[\w-]{50}»''']
counterexamples = ['''API_TOKEN="glagent-«[\w-]{49}»"''', '''token: glagent-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "gitlab-oauth-application-secret-token"
description = "GitLab OAuth application secret token"
regex = '''\b(gloas-[\w-]{64})(?:[^\w-]|$)'''
keywords = ["gloas-"]
entropy = 3
examples = ['''API_TOKEN="gloas-«[\w-]{64}»"''', '''token: gloas-«[\w-]{64}»''']
counterexamples = ['''API_TOKEN="gloas-«[\w-]{63}»"''', '''token: gloas-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "gitlab-feature-flags-client-token"
description = "GitLab feature flags client token"
regex = '''\b(glffct-[\w-]{20})(?:[^\w-]|$)'''
keywords = ["glffct-"]
entropy = 3
examples = ['''API_TOKEN="glffct-«[\w-]{20}»"''', '''token: glffct-«[\w-]{20}»''']
counterexamples = ['''API_TOKEN="glffct-«[\w-]{19}»"''', '''token: glffct-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "gitlab-runner-registration-token"
description = "GitLab runner registration token"
regex = '''\b(GR1348941[\w-]{20})(?:[^\w-]|$)'''
keywords = ["gr1348941"]
entropy = 3
examples = ['''API_TOKEN="GR1348941«[\w-]{20}»"''', '''token: GR1348941«[\w-]{20}»''']
counterexamples = ['''API_TOKEN="GR1348941«[\w-]{19}»"''', '''token: GR1348941xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "gitlab-pipeline-trigger-token"
description = "GitLab pipeline trigger token"
regex = '''\b(glptt-[a-f0-9]{40})\b'''
keywords = ["glptt-"]
examples = ['''API_TOKEN="glptt-«[a-f0-9]{40}»"''', '''token: glptt-«[a-f0-9]{40}»''']
counterexamples = ['''API_TOKEN="glptt-«[a-f0-9]{39}»"''', '''token: glptt-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "gitlab-ci-job-token"
description = "GitLab CI job token"
regex = '''\b(glcbt-[A-Za-z0-9]{1,5}_[\w-]{20})(?:[^\w-]|$)'''
keywords = ["glcbt-"]
entropy = 3
examples = ['''API_TOKEN="glcbt-«[A-Za-z0-9]{1,5}_[\w-]{20}»"''', '''token: glcbt-«[A-Za-z0-9]{1,5}_[\w-]{20}»''']
counterexamples = ['''API_TOKEN="glcbt-«[A-Za-z0-9]{1,5}_[\w-]{19}»"''', '''token: glcbt-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "bitbucket-app-password"
description = "Bitbucket app password"
regex = '''\b(ATBB[A-Za-z0-9]{32})\b'''
keywords = ["atbb"]
entropy = 3.5
examples = ['''API_TOKEN="ATBB«[A-Za-z0-9]{32}»"''', '''token: ATBB«[A-Za-z0-9]{32}»''']
counterexamples = ['''API_TOKEN="ATBB«[A-Za-z0-9]{31}»"''', '''token: ATBBxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "atlassian-api-token"
description = "Atlassian API token"
regex = '''\b(ATATT3[\w=-]{186})(?:[^\w-]|$)'''
keywords = ["atatt3"]
entropy = 3.5
examples = ['''API_TOKEN="ATATT3«[\w=-]{186}»"''', '''token: ATATT3«[\w=-]{186}»''']
counterexamples = ['''API_TOKEN="ATATT3«[\w=-]{185}»"''', '''token: ATATT3xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "atlassian-admin-token"
description = "Atlassian organization API key"
regex = '''\b(ATCTT3[\w=-]{186})(?:[^\w-]|$)'''
keywords = ["atctt3"]
entropy = 3.5
examples = ['''API_TOKEN="ATCTT3«[\w=-]{186}»"''', '''token: ATCTT3«[\w=-]{186}»''']
counterexamples = ['''API_TOKEN="ATCTT3«[\w=-]{185}»"''', '''token: ATCTT3xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "sourcegraph-token"
description = "Sourcegraph access token"
regex = '''\b(sgp_[a-f0-9]{16}_[a-f0-9]{40})\b'''
keywords = ["sgp_"]
examples = ['''API_TOKEN="sgp_«[a-f0-9]{16}_[a-f0-9]{40}»"''', '''token: sgp_«[a-f0-9]{16}_[a-f0-9]{40}»''']
counterexamples = ['''API_TOKEN="sgp_«[a-f0-9]{16}_[a-f0-9]{39}»"''', '''token: sgp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "circleci-personal-token"
description = "CircleCI personal API token"
regex = '''\b(CCIPAT_[A-Za-z0-9]{22}_[a-f0-9]{40})\b'''
keywords = ["ccipat_"]
examples = ['''API_TOKEN="CCIPAT_«[A-Za-z0-9]{22}_[a-f0-9]{40}»"''', '''token: CCIPAT_«[A-Za-z0-9]{22}_[a-f0-9]{40}»''']
counterexamples = ['''API_TOKEN="CCIPAT_«[A-Za-z0-9]{22}_[a-f0-9]{39}»"''', '''token: CCIPAT_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "buildkite-user-token"
description = "Buildkite API access token"
regex = '''\b(bkua_[a-f0-9]{40})\b'''
keywords = ["bkua_"]
examples = ['''API_TOKEN="bkua_«[a-f0-9]{40}»"''', '''token: bkua_«[a-f0-9]{40}»''']
counterexamples = ['''API_TOKEN="bkua_«[a-f0-9]{39}»"''', '''token: bkua_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "sonarqube-user-token"
description = "SonarQube user token"
regex = '''\b(squ_[a-f0-9]{40})\b'''
keywords = ["squ_"]
examples = ['''API_TOKEN="squ_«[a-f0-9]{40}»"''', '''token: squ_«[a-f0-9]{40}»''']
counterexamples = ['''API_TOKEN="squ_«[a-f0-9]{39}»"''', '''token: squ_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "sonarqube-project-token"
description = "SonarQube project analysis token"
regex = '''\b(sqp_[a-f0-9]{40})\b'''
keywords = ["sqp_"]
examples = ['''API_TOKEN="sqp_«[a-f0-9]{40}»"''', '''token: sqp_«[a-f0-9]{40}»''']
counterexamples = ['''API_TOKEN="sqp_«[a-f0-9]{39}»"''', '''token: sqp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "sonarqube-global-token"
description = "SonarQube global analysis token"
regex = '''\b(sqa_[a-f0-9]{40})\b'''
keywords = ["sqa_"]
examples = ['''API_TOKEN="sqa_«[a-f0-9]{40}»"''', '''token: sqa_«[a-f0-9]{40}»''']
counterexamples = ['''API_TOKEN="sqa_«[a-f0-9]{39}»"''', '''token: sqa_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "octopus-deploy-key"
description = "Octopus Deploy API key"
regex = '''\b(API-[A-Z0-9]{26})\b'''
keywords = ["api-"]
entropy = 3
examples = ['''API_TOKEN="API-«[A-Z0-9]{26}»"''', '''token: API-«[A-Z0-9]{26}»''']
counterexamples = ['''API_TOKEN="API-«[A-Z0-9]{25}»"''', '''token: API-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "harness-token"
description = "Harness personal access token"
regex = '''\b(pat\.[\w-]{22}\.[a-f0-9]{24}\.[A-Za-z0-9]{20})(?:[^\w-]|$)'''
keywords = ["pat."]
entropy = 3
examples = ['''API_TOKEN="pat.«[\w-]{22}\.[a-f0-9]{24}\.[A-Za-z0-9]{20}»"''', '''token: pat.«[\w-]{22}\.[a-f0-9]{24}\.[A-Za-z0-9]{20}»''']
counterexamples = ['''API_TOKEN="pat.«[\w-]{22}\.[a-f0-9]{24}\.[A-Za-z0-9]{19}»"''', '''token: pat.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "readme-api-key"
description = "ReadMe API key"
regex = '''\b(rdme_[a-z0-9]{70})\b'''
keywords = ["rdme_"]
entropy = 3
examples = ['''API_TOKEN="rdme_«[a-z0-9]{70}»"''', '''token: rdme_«[a-z0-9]{70}»''']
counterexamples = ['''API_TOKEN="rdme_«[a-z0-9]{69}»"''', '''token: rdme_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "postman-api-key"
description = "Postman API key"
regex = '''\b(PMAK-[a-f0-9]{24}-[a-f0-9]{34})\b'''
keywords = ["pmak-"]
examples = ['''API_TOKEN="PMAK-«[a-f0-9]{24}-[a-f0-9]{34}»"''', '''token: PMAK-«[a-f0-9]{24}-[a-f0-9]{34}»''']
counterexamples = ['''API_TOKEN="PMAK-«[a-f0-9]{24}-[a-f0-9]{33}»"''', '''token: PMAK-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "pulumi-access-token"
description = "Pulumi access token"
regex = '''\b(pul-[a-f0-9]{40})\b'''
keywords = ["pul-"]
examples = ['''API_TOKEN="pul-«[a-f0-9]{40}»"''', '''token: pul-«[a-f0-9]{40}»''']
counterexamples = ['''API_TOKEN="pul-«[a-f0-9]{39}»"''', '''token: pul-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "travis-ci-token"
description = "Travis CI API token"
regex = '''(?i)(?:travis)[\w.-]{0,30}["'\x60]?[ \t]{0,4}(?:=>|:=|=|:|,)[ \t]{0,4}["'\x60]?(?-i:([A-Za-z0-9]{22}))(?:[^\w+/=-]|$)'''
keywords = ["travis"]
entropy = 3
examples = ['''travis_key = "«[A-Za-z0-9]{22}»"''', '''TRAVIS_TOKEN: «[A-Za-z0-9]{22}»''']
counterexamples = ['''travis_key = "«[A-Za-z0-9]{21}»"''', '''travis_key = "«[xX*]»xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"''', '''other = "«[A-Za-z0-9]{22}»"''']

[[rules]]
id = "snyk-api-token"
description = "Snyk API token"
regex = '''(?i)(?:snyk)[\w.-]{0,30}["'\x60]?[ \t]{0,4}(?:=>|:=|=|:|,)[ \t]{0,4}["'\x60]?(?-i:([a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}))(?:[^\w+/=-]|$)'''
keywords = ["snyk"]
entropy = 3
examples = ['''snyk_key = "«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}»"''', '''SNYK_TOKEN: «[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}»''']
counterexamples = ['''snyk_key = "«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{11}»"''', '''snyk_key = "«[xX*]»xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"''', '''other = "«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}»"''']

[[rules]]
id = "codecov-token"
description = "Codecov upload token"
regex = '''(?i)(?:codecov)[\w.-]{0,30}["'\x60]?[ \t]{0,4}(?:=>|:=|=|:|,)[ \t]{0,4}["'\x60]?(?-i:([a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}))(?:[^\w+/=-]|$)'''
keywords = ["codecov"]
entropy = 3
examples = ['''codecov_key = "«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}»"''', '''CODECOV_TOKEN: «[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}»''']
counterexamples = ['''codecov_key = "«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{11}»"''', '''codecov_key = "«[xX*]»xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"''', '''other = "«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}»"''']
`
