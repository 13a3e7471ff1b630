import { isTopicConfigKey, topicConfigSpecs, type TopicConfigKey, type TopicDefaults } from './broker/topic-configs.ts'
import { isSettingName, type SettingName, type Settings } from './settings.ts'

/**
 * The server's defaults of topic configs, out of its settings: `--default-lake-formats` is the one of `lake.formats`. A
 * setting that says what is built in anyway is no default of the server's, and DescribeConfigs does not call it one.
 */
export function topicDefaults(settings: Settings): TopicDefaults {
  return Object.fromEntries(
    Object.keys(topicConfigSpecs)
      .filter(isTopicConfigKey)
      .flatMap((key) => {
        const value = settingText(settings, defaultSettingOf(key))
        return value === undefined || value === topicConfigSpecs[key].fallback ? [] : [[key, value]]
      }),
  )
}

function settingText(settings: Settings, name: SettingName | undefined): string | undefined {
  const value = name === undefined ? undefined : settings[name]
  return value === undefined || typeof value === 'object' ? undefined : String(value)
}

/** `default-lake-formats` for `lake.formats`, where there is such a setting. */
export function defaultSettingOf(key: TopicConfigKey): SettingName | undefined {
  const name = `default-${key.replaceAll('.', '-')}`
  return isSettingName(name) ? name : undefined
}
