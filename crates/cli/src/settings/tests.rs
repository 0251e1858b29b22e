//! The order of the layers, and what errors say.

use proptest::prelude::*;

use super::*;

fn layer(values: &[(&str, &str)], origin: &Origin) -> Layer {
    let mut layer = Layer::default();
    for (name, value) in values {
        layer.insert(Key::named(name).unwrap(), (*value).to_owned(), origin.clone());
    }
    layer
}

fn validated(top: Layer) -> Result<Settings, SettingsError> {
    Settings::validate(Layer::defaults().unwrap().under(top), Vec::new())
}

#[test]
fn the_default_file_is_valid_and_names_every_setting_once() {
    validated(Layer::default()).unwrap();
    let uncommented: String = DEFAULT_FILE
        .lines()
        .map(|line| {
            line.strip_prefix('#').filter(|rest| rest.starts_with(char::is_alphabetic)).unwrap_or(line)
        })
        .map(|line| format!("{line}\n"))
        .collect();
    let named: Vec<Key> = file::parse(&uncommented, Path::new("default.toml"))
        .unwrap()
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    assert_eq!(named.len(), KEYS.len());
    for key in KEYS {
        assert!(named.contains(key), "`{}` is missing", key.name);
    }
    let mut everything = Layer::default();
    for (key, value) in file::parse(&uncommented, Path::new("default.toml")).unwrap() {
        everything.insert(key, value, Origin::File("default.toml".into()));
    }
    validated(everything).unwrap();
}

#[test]
fn flag_beats_variable_beats_file_beats_default() {
    let file = layer(
        &[("cache", "file"), ("log", "file"), ("neighbours", "7")],
        &Origin::File("lorgnon.toml".into()),
    );
    let environment = layer(&[("cache", "variable"), ("log", "info")], &Origin::Variable("V".to_owned()));
    let flags = layer(&[("cache", "flag")], &Origin::Flag);
    let merged = Layer::defaults().unwrap().under(file).under(environment).under(flags);
    let settings = Settings::validate(merged, Vec::new()).unwrap();
    assert_eq!(settings.cache, Path::new("flag"));
    assert_eq!(settings.log, "info");
    assert_eq!(settings.neighbours, 7);
    assert_eq!(settings.folds, 5);
    assert_eq!(settings.layers.origin("cache"), Some(&Origin::Flag));
    assert_eq!(settings.layers.origin("folds"), Some(&Origin::Default));
}

#[test]
fn what_depends_on_the_cache_folder_follows_it() {
    let settings = validated(layer(&[("cache", "/c")], &Origin::Flag)).unwrap();
    assert_eq!(settings.dataset, Path::new("/c/generations"));
    assert_eq!(settings.model_cache, Path::new("/c/transformers"));
    let settings = validated(layer(&[("cache", "/c"), ("dataset", "d.jsonl")], &Origin::Flag)).unwrap();
    assert_eq!(settings.dataset, Path::new("d.jsonl"));
}

#[test]
fn an_error_says_where_the_value_stands_and_what_was_expected() {
    let refused = |name: &str, value: &str, origin: &Origin| {
        validated(layer(&[(name, value)], origin)).unwrap_err().to_string()
    };
    let file = Origin::File("my.toml".into());
    let variable = Origin::Variable("LORGNON_NEIGHBOURS".to_owned());
    assert_eq!(refused("jobs", "0", &file), "`jobs` in `my.toml` is `0`, expected a whole number above 0");
    assert_eq!(
        refused("neighbours", "-1", &variable),
        "variable `LORGNON_NEIGHBOURS` is `-1`, expected a whole number from 0 to 100"
    );
    assert_eq!(
        refused("neighbours", "1000000000", &Origin::Flag),
        "flag `--neighbours` is `1000000000`, expected a whole number from 0 to 100"
    );
    assert_eq!(
        refused("format", "xml", &variable),
        "variable `LORGNON_NEIGHBOURS` is `xml`, expected `human` or `json` or `jsonl` or `csv`"
    );
    assert_eq!(
        refused("rebuild", "maybe", &file),
        "`rebuild` in `my.toml` is `maybe`, expected `true` or `false`"
    );
    assert!(refused("listen", "nowhere", &file).contains("expected an address and a port"));
    assert!(refused("store", "mysql://x", &file).contains("does not begin with `postgres://`"));
    assert!(refused("cache", "", &Origin::Flag).contains("not empty"));
}

#[test]
fn a_list_is_separated_by_commas() {
    let list =
        |text: &str| validated(layer(&[("allowed_origins", text)], &Origin::Flag)).unwrap().allowed_origins;
    assert_eq!(list("https://a.example, https://b.example,"), ["https://a.example", "https://b.example"]);
    assert!(validated(Layer::default()).unwrap().allowed_origins.is_empty());
}

#[test]
fn switches_are_understood_as_people_write_them() {
    for (text, expected) in [("1", true), ("TRUE", true), ("on", true), ("0", false), ("no", false)] {
        assert_eq!(validated(layer(&[("rebuild", text)], &Origin::Flag)).unwrap().rebuild, expected);
    }
}

/// What might stand in a settings file: real settings with odd values, odd settings, and anything.
fn settings_files() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        4 => (0..KEYS.len()).prop_map(|place| KEYS[place].name.to_owned()),
        1 => "[a-z_]{0,12}",
    ];
    let value = prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<bool>().prop_map(|switch| switch.to_string()),
        "[ -~]{0,20}".prop_map(|text| format!("{text:?}")),
        "[0-9a-f:./,]{0,24}".prop_map(|text| format!("{text:?}")),
        "postgres://[!#-Z^-~]{0,40}".prop_map(|text| format!("{text:?}")),
        "\\PC{0,12}",
    ];
    let line = (name, value).prop_map(|(name, value)| format!("{name} = {value}"));
    prop_oneof![
        4 => prop::collection::vec(line, 0..6).prop_map(|lines| lines.join("\n")),
        1 => "\\PC{0,60}",
    ]
}

proptest! {
    #[test]
    fn any_settings_file_is_read_or_refused(text in settings_files()) {
        let path = Path::new("lorgnon.toml");
        let Ok(values) = file::parse(&text, path) else { return Ok(()) };
        let mut layer = Layer::default();
        for (key, value) in values {
            layer.insert(key, value, Origin::File(path.to_path_buf()));
        }
        if let Err(error) = validated(layer) {
            prop_assert!(error.to_string().contains("lorgnon.toml"), "{}", error);
        }
    }
}
