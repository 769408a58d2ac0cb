/** Rules for model providers, in the format of `compileConfig`. Parts of examples between « and » are patterns to draw from. */
export const aiRules = String.raw`
[[rules]]
id = "openai-legacy-key"
description = "OpenAI API key"
regex = '''\b(sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})\b'''
keywords = ["t3blbkfj"]
entropy = 3
examples = ['''API_TOKEN="sk-«[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}»"''', '''token: sk-«[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}»''']
counterexamples = ['''API_TOKEN="sk-«[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{19}»"''', '''token: sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "openai-proj-key"
description = "OpenAI proj API key"
regex = '''\b(sk-proj-[\w-]{58,74}T3BlbkFJ[\w-]{58,74})(?:[^\w-]|$)'''
keywords = ["sk-proj-"]
entropy = 3
examples = ['''API_TOKEN="sk-proj-«[\w-]{58,74}T3BlbkFJ[\w-]{58,74}»"''', '''token: sk-proj-«[\w-]{58,74}T3BlbkFJ[\w-]{58,74}»''']
counterexamples = ['''API_TOKEN="sk-proj-«[\w-]{58,74}T3BlbkFJ[\w-]{57}»"''', '''token: sk-proj-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "openai-svcacct-key"
description = "OpenAI svcacct API key"
regex = '''\b(sk-svcacct-[\w-]{58,74}T3BlbkFJ[\w-]{58,74})(?:[^\w-]|$)'''
keywords = ["sk-svcacct-"]
entropy = 3
examples = ['''API_TOKEN="sk-svcacct-«[\w-]{58,74}T3BlbkFJ[\w-]{58,74}»"''', '''token: sk-svcacct-«[\w-]{58,74}T3BlbkFJ[\w-]{58,74}»''']
counterexamples = ['''API_TOKEN="sk-svcacct-«[\w-]{58,74}T3BlbkFJ[\w-]{57}»"''', '''token: sk-svcacct-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "openai-admin-key"
description = "OpenAI admin API key"
regex = '''\b(sk-admin-[\w-]{58,74}T3BlbkFJ[\w-]{58,74})(?:[^\w-]|$)'''
keywords = ["sk-admin-"]
entropy = 3
examples = ['''API_TOKEN="sk-admin-«[\w-]{58,74}T3BlbkFJ[\w-]{58,74}»"''', '''token: sk-admin-«[\w-]{58,74}T3BlbkFJ[\w-]{58,74}»''']
counterexamples = ['''API_TOKEN="sk-admin-«[\w-]{58,74}T3BlbkFJ[\w-]{57}»"''', '''token: sk-admin-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "anthropic-api-key"
description = "Anthropic API key"
regex = '''\b(sk-ant-api03-[\w-]{93}AA)(?:[^\w-]|$)'''
keywords = ["sk-ant-api03-"]
entropy = 3
examples = ['''API_TOKEN="sk-ant-api03-«[\w-]{93}AA»"''', '''token: sk-ant-api03-«[\w-]{93}AA»''']
counterexamples = ['''API_TOKEN="sk-ant-api03-«[\w-]{92}AA»"''', '''token: sk-ant-api03-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "anthropic-admin-key"
description = "Anthropic admin API key"
regex = '''\b(sk-ant-admin01-[\w-]{93}AA)(?:[^\w-]|$)'''
keywords = ["sk-ant-admin01-"]
entropy = 3
examples = ['''API_TOKEN="sk-ant-admin01-«[\w-]{93}AA»"''', '''token: sk-ant-admin01-«[\w-]{93}AA»''']
counterexamples = ['''API_TOKEN="sk-ant-admin01-«[\w-]{92}AA»"''', '''token: sk-ant-admin01-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "hugging-face-token"
description = "Hugging Face access token"
regex = '''\b(hf_[A-Za-z]{34})\b'''
keywords = ["hf_"]
entropy = 3
examples = ['''API_TOKEN="hf_«[A-Za-z]{34}»"''', '''token: hf_«[A-Za-z]{34}»''']
counterexamples = ['''API_TOKEN="hf_«[A-Za-z]{33}»"''', '''token: hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "hugging-face-organization-token"
description = "Hugging Face organization token"
regex = '''\b(api_org_[A-Za-z]{34})\b'''
keywords = ["api_org_"]
entropy = 3
examples = ['''API_TOKEN="api_org_«[A-Za-z]{34}»"''', '''token: api_org_«[A-Za-z]{34}»''']
counterexamples = ['''API_TOKEN="api_org_«[A-Za-z]{33}»"''', '''token: api_org_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "replicate-token"
description = "Replicate API token"
regex = '''\b(r8_[\w-]{37})(?:[^\w-]|$)'''
keywords = ["r8_"]
entropy = 3
examples = ['''API_TOKEN="r8_«[\w-]{37}»"''', '''token: r8_«[\w-]{37}»''']
counterexamples = ['''API_TOKEN="r8_«[\w-]{36}»"''', '''token: r8_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "groq-api-key"
description = "Groq API key"
regex = '''\b(gsk_[A-Za-z0-9]{52})\b'''
keywords = ["gsk_"]
entropy = 3
examples = ['''API_TOKEN="gsk_«[A-Za-z0-9]{52}»"''', '''token: gsk_«[A-Za-z0-9]{52}»''']
counterexamples = ['''API_TOKEN="gsk_«[A-Za-z0-9]{51}»"''', '''token: gsk_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "xai-api-key"
description = "xAI API key"
regex = '''\b(xai-[A-Za-z0-9]{80})\b'''
keywords = ["xai-"]
entropy = 3
examples = ['''API_TOKEN="xai-«[A-Za-z0-9]{80}»"''', '''token: xai-«[A-Za-z0-9]{80}»''']
counterexamples = ['''API_TOKEN="xai-«[A-Za-z0-9]{79}»"''', '''token: xai-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "perplexity-api-key"
description = "Perplexity API key"
regex = '''\b(pplx-[A-Za-z0-9]{48})\b'''
keywords = ["pplx-"]
entropy = 3
examples = ['''API_TOKEN="pplx-«[A-Za-z0-9]{48}»"''', '''token: pplx-«[A-Za-z0-9]{48}»''']
counterexamples = ['''API_TOKEN="pplx-«[A-Za-z0-9]{47}»"''', '''token: pplx-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "openrouter-api-key"
description = "OpenRouter API key"
regex = '''\b(sk-or-v1-[a-f0-9]{64})\b'''
keywords = ["sk-or-v1-"]
examples = ['''API_TOKEN="sk-or-v1-«[a-f0-9]{64}»"''', '''token: sk-or-v1-«[a-f0-9]{64}»''']
counterexamples = ['''API_TOKEN="sk-or-v1-«[a-f0-9]{63}»"''', '''token: sk-or-v1-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "nvidia-api-key"
description = "NVIDIA API key"
regex = '''\b(nvapi-[\w-]{64})(?:[^\w-]|$)'''
keywords = ["nvapi-"]
entropy = 3
examples = ['''API_TOKEN="nvapi-«[\w-]{64}»"''', '''token: nvapi-«[\w-]{64}»''']
counterexamples = ['''API_TOKEN="nvapi-«[\w-]{63}»"''', '''token: nvapi-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "langsmith-personal-token"
description = "LangSmith personal access token"
regex = '''\b(lsv2_pt_[a-f0-9]{32}_[a-f0-9]{10})\b'''
keywords = ["lsv2_pt_"]
examples = ['''API_TOKEN="lsv2_pt_«[a-f0-9]{32}_[a-f0-9]{10}»"''', '''token: lsv2_pt_«[a-f0-9]{32}_[a-f0-9]{10}»''']
counterexamples = ['''API_TOKEN="lsv2_pt_«[a-f0-9]{32}_[a-f0-9]{9}»"''', '''token: lsv2_pt_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "langsmith-service-key"
description = "LangSmith service key"
regex = '''\b(lsv2_sk_[a-f0-9]{32}_[a-f0-9]{10})\b'''
keywords = ["lsv2_sk_"]
examples = ['''API_TOKEN="lsv2_sk_«[a-f0-9]{32}_[a-f0-9]{10}»"''', '''token: lsv2_sk_«[a-f0-9]{32}_[a-f0-9]{10}»''']
counterexamples = ['''API_TOKEN="lsv2_sk_«[a-f0-9]{32}_[a-f0-9]{9}»"''', '''token: lsv2_sk_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "langfuse-secret-key"
description = "Langfuse secret key"
regex = '''\b(sk-lf-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12})\b'''
keywords = ["sk-lf-"]
examples = ['''API_TOKEN="sk-lf-«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}»"''', '''token: sk-lf-«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}»''']
counterexamples = ['''API_TOKEN="sk-lf-«[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{11}»"''', '''token: sk-lf-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "pinecone-api-key"
description = "Pinecone API key"
regex = '''\b(pcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{60,70})\b'''
keywords = ["pcsk_"]
entropy = 3
examples = ['''API_TOKEN="pcsk_«[A-Za-z0-9]{5,6}_[A-Za-z0-9]{60,70}»"''', '''token: pcsk_«[A-Za-z0-9]{5,6}_[A-Za-z0-9]{60,70}»''']
counterexamples = ['''API_TOKEN="pcsk_«[A-Za-z0-9]{5,6}_[A-Za-z0-9]{59}»"''', '''token: pcsk_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "tavily-api-key"
description = "Tavily API key"
regex = '''\b(tvly-[A-Za-z0-9]{32})\b'''
keywords = ["tvly-"]
entropy = 3
examples = ['''API_TOKEN="tvly-«[A-Za-z0-9]{32}»"''', '''token: tvly-«[A-Za-z0-9]{32}»''']
counterexamples = ['''API_TOKEN="tvly-«[A-Za-z0-9]{31}»"''', '''token: tvly-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx''']

[[rules]]
id = "cohere-api-key"
description = "Cohere API key"
regex = '''(?i)(?:cohere|co[_.-]?api[_.-]?key)[\w.-]{0,30}["'\x60]?[ \t]{0,4}(?:=>|:=|=|:|,)[ \t]{0,4}["'\x60]?(?-i:([A-Za-z0-9]{40}))(?:[^\w+/=-]|$)'''
keywords = ["cohere", "co_api", "co-api", "coapi"]
entropy = 3.5
examples = ['''cohere_key = "«[A-Za-z0-9]{40}»"''', '''COHERE_TOKEN: «[A-Za-z0-9]{40}»''']
counterexamples = ['''cohere_key = "«[A-Za-z0-9]{39}»"''', '''cohere_key = "«[xX*]»xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"''', '''other = "«[A-Za-z0-9]{40}»"''']

[[rules]]
id = "wandb-api-key"
description = "Weights and Biases API key"
regex = '''(?i)(?:wandb)[\w.-]{0,30}["'\x60]?[ \t]{0,4}(?:=>|:=|=|:|,)[ \t]{0,4}["'\x60]?(?-i:([a-f0-9]{40}))(?:[^\w+/=-]|$)'''
keywords = ["wandb"]
entropy = 3
examples = ['''wandb_key = "«[a-f0-9]{40}»"''', '''WANDB_TOKEN: «[a-f0-9]{40}»''']
counterexamples = ['''wandb_key = "«[a-f0-9]{39}»"''', '''wandb_key = "«[xX*]»xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"''', '''other = "«[a-f0-9]{40}»"''']
`
