//! Names that may be shown to everyone: no folder of the server's disk leaves the program.

/// The last part of a path, whichever system wrote it.
pub(crate) fn file_name(path: &str) -> String {
    path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

/// A model's name: hub ids (`Xenova/clip-vit-base-patch32`) as they are, local folders by their
/// last part.
pub(crate) fn model_name(name: &str) -> String {
    if is_local(name) { file_name(name) } else { name.to_owned() }
}

/// A message with every local path in it shortened to its last part.
pub(crate) fn without_paths(message: &str) -> String {
    let mut text = String::with_capacity(message.len());
    let mut word = String::new();
    // Messages put values in backticks; such a path may hold blanks.
    let mut quoted = false;
    for character in message.chars() {
        quoted ^= character == '`';
        let ends_word = character.is_whitespace() || "\"'()«»,".contains(character);
        if character == '`' || (ends_word && !quoted) {
            push_word(&mut text, &word);
            word.clear();
            text.push(character);
        } else {
            word.push(character);
        }
    }
    push_word(&mut text, &word);
    text
}

fn push_word(text: &mut String, word: &str) {
    // "P/T" counts (`Traitement 3/9`) and lone slashes are no paths.
    if is_local(word) && word.len() > 1 { text.push_str(&file_name(word)) } else { text.push_str(word) }
}

fn is_local(name: &str) -> bool {
    let drive = name.as_bytes().get(1) == Some(&b':') && name.starts_with(|c: char| c.is_ascii_alphabetic());
    name.starts_with(['/', '~'])
        || name.starts_with("./")
        || name.starts_with("../")
        || name.contains('\\')
        || drive
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_part_of_a_local_path_is_shown() {
        assert_eq!(file_name("/srv/site/.cache/generations"), "generations");
        assert_eq!(file_name("C:\\Users\\me\\set\\"), "set");
        assert_eq!(model_name("Xenova/clip-vit-base-patch32"), "Xenova/clip-vit-base-patch32");
        assert_eq!(model_name("/models/clip"), "clip");
        assert_eq!(model_name("builtin"), "builtin");
    }

    #[test]
    fn messages_keep_their_sense_without_paths() {
        assert_eq!(
            without_paths("Interruption inattendue: cannot open `/srv/a b/index.redb` (12/30)"),
            "Interruption inattendue: cannot open `index.redb` (12/30)"
        );
        assert_eq!(without_paths("Traitement 3/9 (ab/c)"), "Traitement 3/9 (ab/c)");
        assert_eq!(without_paths("Erreur sur C:\\x\\y.png"), "Erreur sur y.png");
    }
}
