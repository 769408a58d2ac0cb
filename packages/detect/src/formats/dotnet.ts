import type { Format } from './input.ts'
import { addSetting, addSettingsBelow } from './settings.ts'
import { attributeOf, childText, elementsOf } from './xml.ts'

/** .NET `appsettings*.json`, `secrets.json` and `local.settings.json`; connection strings are read by their own format. */
export const appSettingsFormat: Format = {
  id: 'dotnet-json',
  matches: (input) => input.extension === 'json' && /^(?:appsettings|secrets|local\.settings|settings|config|credentials|default|production|development|launchsettings)/.test(input.name) && input.bytes.length <= 4_000_000,
  extract: (input, into) => {
    if (input.json !== null) addSettingsBelow(into, 'dotnet-json', input.json)
  },
}

/** `web.config`, `app.config`, `machine.config`, Maven `settings.xml` and `NuGet.config`: keys, logins and machine keys. */
export const configXmlFormat: Format = {
  id: 'config-xml',
  matches: (input) => (input.extension === 'config' || /^(?:settings(?:-security)?|server|tomcat-users|context|persistence|hibernate\.cfg|standalone|datasources)\.xml$/.test(input.name) || /\.(?:pubxml|publishsettings)$/.test(input.name) || (input.extension === 'xml' && input.bytes.length <= 500_000 && ['assword', 'ecret', 'oken', 'piKey', 'pi-key', 'pi_key'].some((word) => input.has(word)))) && input.bytes.length <= 4_000_000,
  extract: (input, into) => {
    for (const element of elementsOf(input.xml)) {
      const value = attributeOf(element, 'value') ?? attributeOf(element, 'connectionString')
      const name = attributeOf(element, 'key') ?? attributeOf(element, 'name')
      const user = attributeOf(element, 'userName')?.text ?? attributeOf(element, 'username')?.text ?? childText(element, 'username')?.text ?? childText(element, 'userName')?.text ?? attributeOf(element, 'user')?.text
      const facts = { element: element.name, user, host: childText(element, 'id')?.text ?? attributeOf(element, 'publishUrl')?.text ?? attributeOf(element, 'host')?.text }
      if (element.name === 'add' && name !== null && value !== null) addSetting(into, 'config-xml', name.text, value, facts)
      for (const attribute of element.attributes) {
        const isMachineKey = element.name === 'machineKey' && /^(?:validationKey|decryptionKey)$/.test(attribute.name)
        if (isMachineKey && !/^AutoGenerate/i.test(attribute.value.text)) into.add('config-xml', { secretType: 'signing-key', value: attribute.value.text, start: attribute.value.start, end: attribute.value.end, facts: { name: attribute.name, element: element.name } })
        else if (attribute.name !== 'value' && attribute.name !== 'key') addSetting(into, 'config-xml', attribute.name, attribute.value, facts)
      }
      for (const inner of element.children) {
        const scalar = inner.children.length === 0 ? inner.text[0] : undefined
        if (scalar !== undefined) addSetting(into, 'config-xml', inner.name, scalar, facts)
      }
    }
  },
}
