//! The game's look strings, in clear, in hexadecimal and in addresses; labels as people write them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lorgnon_look::{Class, ClassLabel, Colour, Gender, LookString, Slot, fold};

fuzz_target!(|text: &str| {
    for parsed in [LookString::parse(text), LookString::parse_hexadecimal(text)].into_iter().flatten() {
        let _ = parsed.character();
        let _ = parsed.six_colours();
        // What was understood is written so that it is understood again.
        let again = LookString::parse_hexadecimal(&parsed.to_hexadecimal());
        assert_eq!(again.as_ref(), Ok(&parsed));
    }
    let _ = LookString::parse_address(text);
    let _ = (
        Class::parse(text),
        ClassLabel::new(text).class(),
        Gender::parse(text),
        Slot::parse(text),
        fold(text),
    );
    if let Ok(Some(colour)) = Colour::parse(text) {
        assert_eq!(Colour::parse(&colour.to_string()), Ok(Some(colour)));
    }
});
