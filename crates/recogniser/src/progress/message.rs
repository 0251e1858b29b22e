//! What a run says of itself, word for word as the old dashboard's readers know it.

/// Why a run whose process is gone did not finish.
pub(super) const PROCESS_GONE: &str = "le processus s'est arrêté avant la fin";

/// A French noun with its number: plural above one.
fn counted(count: u64, noun: &str) -> String {
    format!("{count} {noun}{}", if count > 1 { "s" } else { "" })
}

pub(super) fn reusing(count: u64) -> String {
    format!("Réutilisation de {}", counted(count, "exemple"))
}

pub(super) fn processing(processed: u64, total: u64, id: &str) -> String {
    format!("Traitement {processed}/{total} ({id})")
}

pub(super) fn image_missing(id: &str) -> String {
    format!("Image introuvable pour {id}")
}

pub(super) fn failed_on(id: &str) -> String {
    format!("Erreur sur {id}")
}

pub(super) fn interrupted(reason: &str) -> String {
    format!("Interruption inattendue: {reason}")
}

/// The old system had no way to stop a run, hence no words for it.
pub(super) fn cancelled(processed: u64, total: u64) -> String {
    format!("Arrêt demandé ({processed}/{total})")
}

pub(super) fn finished(examples: u64, failed: u64) -> String {
    if failed > 0 {
        format!("Terminé avec {}", counted(failed, "échec"))
    } else {
        format!("Terminé ({})", counted(examples, "exemple"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_the_old_one_with_its_plural() {
        assert_eq!(reusing(0), "Réutilisation de 0 exemple");
        assert_eq!(reusing(1), "Réutilisation de 1 exemple");
        assert_eq!(reusing(2), "Réutilisation de 2 exemples");
        assert_eq!(processing(3, 190, "c2f13823"), "Traitement 3/190 (c2f13823)");
        assert_eq!(image_missing("x"), "Image introuvable pour x");
        assert_eq!(failed_on("x"), "Erreur sur x");
        assert_eq!(interrupted("y"), "Interruption inattendue: y");
        assert_eq!(finished(0, 0), "Terminé (0 exemple)");
        assert_eq!(finished(1, 0), "Terminé (1 exemple)");
        assert_eq!(finished(190, 0), "Terminé (190 exemples)");
        assert_eq!(finished(190, 1), "Terminé avec 1 échec");
        assert_eq!(finished(190, 2), "Terminé avec 2 échecs");
        assert_eq!(cancelled(5, 9), "Arrêt demandé (5/9)");
    }
}
