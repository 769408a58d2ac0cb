/** Rules for package and image registries, in the format of `compileConfig`. Parts of examples between « and » are patterns to draw from. */
export const registryRules = String.raw`
[[rules]]
id = "npm-access-token"
description = "npm access token"
regex = '''\b(npm_[A-Za-z0-9]{36})\b'''
keywords = ["npm_"]
structure = "npm-token"
examples = ['''API_TOKEN="«!checksum npm_»"''', '''token: «!checksum npm_»''']
counterexamples = ['''API_TOKEN="npm_«[A-Za-z0-9]{35}»"''', '''token: npm_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "pypi-upload-token"
description = "PyPI upload token"
regex = '''\b(pypi-AgEIcHlwaS5vcmc[\w-]{50,1000})(?:[^\w-]|$)'''
keywords = ["pypi-ageichlwas5vcmc"]
entropy = 3
examples = ['''API_TOKEN="pypi-AgEIcHlwaS5vcmc«[\w-]{50,1000}»"''', '''token: pypi-AgEIcHlwaS5vcmc«[\w-]{50,1000}»''']
counterexamples = ['''API_TOKEN="pypi-AgEIcHlwaS5vcmc«[\w-]{49}»"''', '''token: pypi-AgEIcHlwaS5vcmcxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "testpypi-upload-token"
description = "TestPyPI upload token"
regex = '''\b(pypi-AgENdGVzdC5weXBpLm9yZw[\w-]{50,1000})(?:[^\w-]|$)'''
keywords = ["pypi-agendgvzdc5wexbplm9yzw"]
entropy = 3
examples = ['''API_TOKEN="pypi-AgENdGVzdC5weXBpLm9yZw«[\w-]{50,1000}»"''', '''token: pypi-AgENdGVzdC5weXBpLm9yZw«[\w-]{50,1000}»''']
counterexamples = ['''API_TOKEN="pypi-AgENdGVzdC5weXBpLm9yZw«[\w-]{49}»"''', '''token: pypi-AgENdGVzdC5weXBpLm9yZwxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "rubygems-api-key"
description = "RubyGems API key"
regex = '''\b(rubygems_[a-f0-9]{48})\b'''
keywords = ["rubygems_"]
examples = ['''API_TOKEN="rubygems_«[a-f0-9]{48}»"''', '''token: rubygems_«[a-f0-9]{48}»''']
counterexamples = ['''API_TOKEN="rubygems_«[a-f0-9]{47}»"''', '''token: rubygems_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "crates-io-token"
description = "crates.io API token"
regex = '''\b(cio[A-Za-z0-9]{32})\b'''
keywords = ["cio"]
entropy = 4
examples = ['''API_TOKEN="cio«[A-Za-z0-9]{32}»"''', '''token: cio«[A-Za-z0-9]{32}»''']
counterexamples = ['''API_TOKEN="cio«[A-Za-z0-9]{31}»"''', '''token: cioxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "clojars-deploy-token"
description = "Clojars deploy token"
regex = '''\b(CLOJARS_[a-z0-9]{60})\b'''
keywords = ["clojars_"]
entropy = 3
examples = ['''API_TOKEN="CLOJARS_«[a-z0-9]{60}»"''', '''token: CLOJARS_«[a-z0-9]{60}»''']
counterexamples = ['''API_TOKEN="CLOJARS_«[a-z0-9]{59}»"''', '''token: CLOJARS_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "docker-hub-personal-token"
description = "Docker Hub personal access token"
regex = '''\b(dckr_pat_[\w-]{27})(?:[^\w-]|$)'''
keywords = ["dckr_pat_"]
entropy = 3
examples = ['''API_TOKEN="dckr_pat_«[\w-]{27}»"''', '''token: dckr_pat_«[\w-]{27}»''']
counterexamples = ['''API_TOKEN="dckr_pat_«[\w-]{26}»"''', '''token: dckr_pat_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "docker-hub-organization-token"
description = "Docker Hub organization access token"
regex = '''\b(dckr_oat_[\w-]{32})(?:[^\w-]|$)'''
keywords = ["dckr_oat_"]
entropy = 3
examples = ['''API_TOKEN="dckr_oat_«[\w-]{32}»"''', '''token: dckr_oat_«[\w-]{32}»''']
counterexamples = ['''API_TOKEN="dckr_oat_«[\w-]{31}»"''', '''token: dckr_oat_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "artifactory-api-key"
description = "JFrog Artifactory API key"
regex = '''\b(AKCp[A-Za-z0-9]{69})\b'''
keywords = ["akcp"]
entropy = 4
examples = ['''API_TOKEN="AKCp«[A-Za-z0-9]{69}»"''', '''token: AKCp«[A-Za-z0-9]{69}»''']
counterexamples = ['''API_TOKEN="AKCp«[A-Za-z0-9]{68}»"''', '''token: AKCpxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "artifactory-reference-token"
description = "JFrog Artifactory reference token"
regex = '''\b(cmVmd[A-Za-z0-9]{59})\b'''
keywords = ["cmvmd"]
entropy = 4
examples = ['''API_TOKEN="cmVmd«[A-Za-z0-9]{59}»"''', '''token: cmVmd«[A-Za-z0-9]{59}»''']
counterexamples = ['''API_TOKEN="cmVmd«[A-Za-z0-9]{58}»"''', '''token: cmVmdxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "deno-deploy-token"
description = "Deno Deploy token"
regex = '''\b(ddp_[A-Za-z0-9]{36})\b'''
keywords = ["ddp_"]
entropy = 3
examples = ['''API_TOKEN="ddp_«[A-Za-z0-9]{36}»"''', '''token: ddp_«[A-Za-z0-9]{36}»''']
counterexamples = ['''API_TOKEN="ddp_«[A-Za-z0-9]{35}»"''', '''token: ddp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']
`
