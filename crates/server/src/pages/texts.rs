//! Every text of the pages, in both languages, in one table.

use crate::language::Language;

/// Key, French, English. Keys that begin with `js.` are also given to the scripts.
const TEXTS: &[(&str, &str, &str)] = &[
    ("title.home", "Lorgnon – reconnaître un look", "Lorgnon – recognise a look"),
    ("title.progress", "Suivi de l'IA", "AI training"),
    ("title.looks", "Les looks – Lorgnon", "Looks – Lorgnon"),
    ("title.look", "Un look – Lorgnon", "A look – Lorgnon"),
    ("title.evaluation", "Précision – Lorgnon", "Accuracy – Lorgnon"),
    ("title.docs", "API – Lorgnon", "API – Lorgnon"),
    ("title.not_found", "Page introuvable – Lorgnon", "Page not found – Lorgnon"),
    ("nav.skip", "Aller au contenu", "Skip to content"),
    ("nav.main", "Navigation principale", "Main navigation"),
    ("nav.home", "Reconnaître", "Recognise"),
    ("nav.looks", "Looks", "Looks"),
    ("nav.progress", "Entraînement", "Training"),
    ("nav.evaluation", "Précision", "Accuracy"),
    ("nav.docs", "API", "API"),
    ("nav.other_language", "English", "Français"),
    (
        "footer.privacy",
        "Vos images restent sur ce serveur\u{202f}; il ne garde que celles que vous ajoutez à l’apprentissage.",
        "Your pictures stay on this server; it keeps only those that you add to the training set.",
    ),
    ("home.heading", "Quel est ce look\u{202f}?", "Whose look is this?"),
    (
        "home.lead",
        "Donnez une image d’un personnage de Dofus\u{a0}: Lorgnon reconnaît sa classe, son sexe, ses six couleurs et ce qu’il porte.",
        "Give a picture of a Dofus character: Lorgnon recognises its class, sex, six colours and what it wears.",
    ),
    ("home.drop", "Déposez une image ici", "Drop a picture here"),
    ("home.or", "ou collez-la avec Ctrl + V", "or paste it with Ctrl + V"),
    ("home.pick", "Choisir une image", "Choose a picture"),
    ("home.camera", "Prendre une photo", "Take a photo"),
    ("home.formats", "PNG, JPEG, WebP, GIF ou BMP, jusqu’à", "PNG, JPEG, WebP, GIF or BMP, up to"),
    ("home.megabytes", "Mo", "MB"),
    (
        "home.try",
        "Pas d’image sous la main\u{202f}? Essayez l’un de ces looks\u{a0}:",
        "No picture at hand? Try one of these looks:",
    ),
    ("home.example", "Essayer le look", "Try look"),
    ("home.learned", "looks appris", "looks learned"),
    ("home.encoder", "encodeur", "encoder"),
    ("home.follow", "Suivre l’entraînement IA", "Follow the AI training"),
    (
        "home.no_script",
        "L’envoi d’images demande JavaScript\u{202f}; l’API s’en passe.",
        "Sending pictures needs JavaScript; the API does not.",
    ),
    ("home.api", "Voir l’API", "See the API"),
    ("home.again", "Une autre image", "Another picture"),
    ("home.again_many", "D’autres images", "Other pictures"),
    ("home.correct", "Corriger", "Correct"),
    ("home.crop", "Recadrer", "Crop"),
    (
        "home.many",
        "plusieurs à la fois\u{a0}: un tableau\u{202f}; deux\u{a0}: une comparaison",
        "several at once: a table; two: a comparison",
    ),
    ("home.why", "Pourquoi\u{202f}?", "Why?"),
    ("home.picture", "L’image", "The picture"),
    ("home.result", "Le look reconnu", "The look recognised"),
    ("progress.heading", "Suivi des entraînements IA", "AI trainings"),
    ("progress.lead", "L’état de l’entraînement, en direct.", "How the training stands, live."),
    ("progress.current", "Statut actuel", "Current status"),
    ("progress.index", "Index actuel", "Current index"),
    ("progress.history", "Historique des entraînements", "Past trainings"),
    ("progress.status", "Statut", "Status"),
    ("progress.idle", "Inactif", "Idle"),
    ("progress.running", "En cours", "Running"),
    ("progress.completed", "Terminé", "Completed"),
    ("progress.completed_with_errors", "Terminé avec erreurs", "Completed with errors"),
    ("progress.failed", "Interrompu", "Interrupted"),
    ("progress.last_run", "Dernier entraînement", "Last training"),
    (
        "progress.never",
        "Aucun entraînement pour l’instant. Lancez «\u{a0}lorgnon train\u{a0}».",
        "No training yet. Run “lorgnon train”.",
    ),
    ("progress.no_index", "Pas encore d’index.", "No index yet."),
    ("progress.no_history", "Aucun entraînement terminé.", "No finished training."),
    ("progress.share", "Avancement", "Progress"),
    ("progress.done", "Traités / total", "Done / total"),
    ("progress.reused", "Réutilisés", "Reused"),
    ("progress.new", "Nouveaux", "New"),
    ("progress.failures", "Échecs", "Failures"),
    ("progress.failed_looks", "Looks en échec", "Looks that failed"),
    ("progress.more", "autres, nommés dans le journal du serveur", "more, named in the server’s log"),
    ("progress.retry_now", "Réessayer maintenant", "Try again now"),
    ("progress.retry", "Chaque entraînement les essaie à nouveau.", "Every training tries them again."),
    (
        "progress.chart",
        "Looks réutilisés, nouveaux et en échec de chaque entraînement, du plus ancien au plus récent",
        "Looks reused, new and failed of each training, oldest first",
    ),
    ("progress.rate", "Cadence", "Rate"),
    ("progress.remaining", "Temps restant", "Time left"),
    ("progress.example", "Exemple", "Example"),
    ("progress.started", "Démarrage", "Started"),
    ("progress.updated", "Dernière mise à jour", "Last update"),
    ("progress.duration", "Durée", "Duration"),
    ("progress.message", "Message", "Message"),
    ("progress.index_updated", "Mise à jour", "Updated"),
    ("progress.entries", "Entrées", "Entries"),
    ("progress.dataset_size", "Taille du dataset", "Dataset size"),
    ("progress.dataset_path", "Chemin", "Path"),
    ("progress.encoder", "Modèle CLIP / encodeur", "CLIP model / encoder"),
    ("progress.start", "Lancer un entraînement", "Start a training"),
    ("progress.cancel", "Arrêter", "Stop"),
    ("looks.heading", "Les looks appris", "Looks learned"),
    ("looks.class", "Classe", "Class"),
    ("looks.gender", "Sexe", "Sex"),
    ("looks.any", "Toutes", "Any"),
    ("looks.any_gender", "Les deux", "Both"),
    ("looks.id", "Identifiant", "Id"),
    ("looks.search", "Chercher", "Search"),
    ("looks.none", "Aucun look ne correspond.", "No look matches."),
    ("looks.previous", "Précédents", "Previous"),
    ("looks.next", "Suivants", "Next"),
    ("looks.unlabelled", "Sans étiquette", "Unlabelled"),
    ("looks.standing", "État", "State"),
    ("looks.learned", "Appris", "Learned"),
    ("looks.pending", "En attente", "Pending"),
    ("looks.removed", "Retiré", "Removed"),
    ("looks.doubt_rather", "plutôt", "rather"),
    ("looks.doubt_colours", "couleurs à vérifier", "colours to be checked"),
    (
        "looks.sorted_by_doubt",
        "Les étiquettes les plus probablement fausses d’abord, avec ce que Lorgnon dirait et à quel point il en est sûr.",
        "Labels that are likeliest wrong first, with what Lorgnon would say and how sure it is.",
    ),
    ("looks.tools", "Pour mettre de l’ordre", "To tidy up"),
    ("looks.more_filters", "Plus de filtres", "More filters"),
    (
        "looks.untaught",
        "Lorgnon n’a encore appris aucun look. Lancez un entraînement\u{a0}:",
        "Lorgnon has learned no look yet. Run a training:",
    ),
    ("looks.doubtful", "Étiquettes douteuses", "Doubtful labels"),
    ("looks.map", "Carte des looks", "Map of the looks"),
    ("looks.suspect_only", "Étiquettes douteuses seulement", "Doubtful labels only"),
    ("looks.colour", "Couleur proche de", "Colour near"),
    ("looks.slot", "Emplacement", "Slot"),
    ("looks.item", "Objet (numéro)", "Item (number)"),
    ("looks.reset", "Tout afficher", "Show all"),
    ("title.duplicates", "Les images en double – Lorgnon", "Pictures there twice – Lorgnon"),
    ("duplicates.heading", "Les images en double", "Pictures there twice"),
    (
        "duplicates.lead",
        "La même image, à l’échelle, au fond et à la compression près. Gardez-en une, corrigez-la si les étiquettes diffèrent.",
        "The same picture but for scale, background and compression. Keep one, mend it where the labels differ.",
    ),
    ("duplicates.none", "Aucun double", "None"),
    ("duplicates.among", "parmi", "among"),
    ("duplicates.same", "mêmes étiquettes", "same labels"),
    ("duplicates.differ", "différent\u{a0}:", "differ:"),
    ("duplicates.remove", "Retirer", "Remove"),
    ("duplicates.more", "Suivants", "Next"),
    ("count.group.one", "groupe", "group"),
    ("count.group.many", "groupes", "groups"),
    ("title.map", "La carte des looks – Lorgnon", "Map of the looks – Lorgnon"),
    ("map.heading", "La carte des looks", "Map of the looks"),
    (
        "map.lead",
        "Chaque point est un look appris\u{202f}; ceux qui se ressemblent sont voisins.",
        "Every dot is a look learned; those that resemble each other are neighbours.",
    ),
    ("map.open", "Ouvrir la carte", "Open the map"),
    ("map.of", "sur", "of"),
    ("map.whole", "Toutes les classes", "All classes"),
    ("map.alt", "Les looks sur deux axes", "The looks on two axes"),
    (
        "map.help",
        "Survolez ou touchez un point pour voir son look\u{202f}; au clavier, les flèches vont de l’un à l’autre.",
        "Point at or touch a dot to see its look; on the keyboard, the arrows go from one to the next.",
    ),
    ("map.looks", "Looks", "Looks"),
    ("map.own", "Entre eux", "Among their own"),
    ("map.nearest", "Classe voisine", "Nearest class"),
    ("map.by_class", "Classe par classe", "Class by class"),
    (
        "map.by_class_help",
        "La part des voisins qui sont de la même classe\u{a0}: plus elle est haute, plus la classe se distingue.",
        "The share of neighbours of the same class: the higher, the more distinct the class.",
    ),
    ("map.astray", "Les égarés", "Astray"),
    ("map.astray_key", "égaré", "astray"),
    (
        "map.astray_lead",
        "Ces looks se trouvent parmi ceux d’une autre classe\u{a0}: peut-être mal étiquetés.",
        "These looks stand among those of another class: perhaps mislabelled.",
    ),
    (
        "map.none_astray",
        "Aucun look ne se trouve parmi ceux d’une autre classe.",
        "No look stands among those of another class.",
    ),
    ("map.among", "parmi", "among"),
    ("js.map_see", "Voir le look", "See the look"),
    ("look.back", "Tous les looks", "All looks"),
    ("look.colours", "Couleurs", "Colours"),
    ("look.items", "Équipement", "Items"),
    ("look.try", "Faire reconnaître ce look", "Have this look recognised"),
    ("look.change", "Corriger", "Correct"),
    (
        "look.change_lead",
        "Le prochain entraînement en tient compte\u{202f}; les fichiers du site ne sont pas modifiés.",
        "The next training takes it; the site’s own files stay as they are.",
    ),
    (
        "look.no_script",
        "La correction demande JavaScript\u{202f}; l’API s’en passe.",
        "Correcting needs JavaScript; the API does not.",
    ),
    ("evaluation.heading", "Lorgnon a-t-il raison\u{202f}?", "Is Lorgnon right?"),
    (
        "evaluation.lead",
        "Mesuré sur des looks dont les étiquettes sont connues, par «\u{a0}lorgnon evaluate\u{a0}».",
        "Measured on looks whose labels are known, by “lorgnon evaluate”.",
    ),
    (
        "evaluation.never",
        "Pas encore d’évaluation. Lancez «\u{a0}lorgnon evaluate\u{a0}».",
        "No evaluation yet. Run “lorgnon evaluate”.",
    ),
    ("evaluation.judged", "Looks jugés", "Looks judged"),
    ("evaluation.failed", "Images illisibles", "Unreadable pictures"),
    ("evaluation.class", "Classe", "Class"),
    ("evaluation.gender", "Sexe", "Sex"),
    ("evaluation.both", "Classe et sexe", "Class and sex"),
    ("evaluation.calibration", "Erreur de calibration", "Calibration error"),
    ("evaluation.model", "Modèle", "Model"),
    ("evaluation.on", "Jugé sur", "Judged on"),
    ("evaluation.when", "Date", "Date"),
    ("evaluation.folds", "parts (validation croisée)", "folds (cross-validation)"),
    ("evaluation.by_class", "Par classe", "By class"),
    ("evaluation.by_colour", "Par couleur", "By colour"),
    ("evaluation.by_slot", "Par emplacement", "By slot"),
    ("evaluation.right", "Juste", "Right"),
    ("evaluation.within5", "Écart ≤ 5 (CIEDE2000)", "Within 5 (CIEDE2000)"),
    ("evaluation.median", "Écart médian", "Median difference"),
    ("evaluation.top1", "Bon objet en premier", "Right item first"),
    ("evaluation.top5", "Parmi cinq", "Among five"),
    ("evaluation.presence", "Porté ou non (F1)", "Worn or not (F1)"),
    ("evaluation.confusion", "Confusions", "Confusions"),
    (
        "evaluation.matrix_help",
        "Une ligne par classe étiquetée, une colonne par réponse. Sur la diagonale\u{a0}: juste.",
        "One row a labelled class, one column an answer. On the diagonal: right.",
    ),
    ("evaluation.no_labels", "Aucun look étiqueté n’a été jugé.", "No labelled look was judged."),
    ("evaluation.no_confusion", "Aucune confusion.", "No confusions."),
    ("evaluation.no_class", "inconnu", "unknown"),
    ("evaluation.taken_for", "pris pour", "taken for"),
    ("evaluation.not_known", "pas reconnu", "not recognised"),
    ("evaluation.was_known", "reconnu", "recognised"),
    ("evaluation.sure", "sûr à", "sure by"),
    (
        "evaluation.worst_wrong",
        "Les réponses fausses, les plus assurées d’abord.",
        "Wrong answers, the surest first.",
    ),
    (
        "evaluation.worst_right",
        "Aucune réponse fausse. Les moins assurées\u{a0}:",
        "No wrong answer. The least sure:",
    ),
    (
        "evaluation.reliability_alt",
        "Probabilité annoncée en abscisse, part de réponses justes en ordonnée",
        "Probability said, across, and share of right answers, up",
    ),
    (
        "evaluation.reliability_help",
        "Sur la ligne, Lorgnon a raison aussi souvent qu’il le dit\u{202f}; en dessous, il est trop sûr de lui. Plus le point est gros, plus il y a de réponses.",
        "On the line Lorgnon is right as often as it says; below, it is too sure. The larger the dot, the more answers.",
    ),
    ("evaluation.as_table", "Les chiffres", "The figures"),
    ("evaluation.items", "Objets", "Items"),
    (
        "evaluation.history_alt",
        "Part de réponses justes d’une évaluation à l’autre\u{a0}: classe, sexe, objets",
        "Share of right answers from evaluation to evaluation: class, sex, items",
    ),
    (
        "evaluation.one_only",
        "Une seule évaluation pour l’instant\u{a0}: la courbe commence à la deuxième.",
        "A single evaluation so far: the curve begins with the second.",
    ),
    ("evaluation.reliability", "Fiabilité des probabilités", "Reliability of the probabilities"),
    ("evaluation.said", "Annoncé", "Said"),
    ("evaluation.answers", "Réponses", "Answers"),
    ("evaluation.worst", "Les pires cas", "The worst cases"),
    ("evaluation.history", "D’un entraînement à l’autre", "From training to training"),
    ("evaluation.thin", "Où les données manquent", "Where data is thin"),
    (
        "evaluation.enough",
        "Aucune classe ni aucun emplacement ne manque d’exemples.",
        "No class or slot lacks examples.",
    ),
    ("evaluation.no_data", "Lorgnon n’a encore appris aucun look.", "Lorgnon has learned no look yet."),
    (
        "evaluation.thin_lead",
        "C’est ici que chaque nouveau look aide le plus, les plus rares d’abord.",
        "Here every new look helps most, rarest first.",
    ),
    ("evaluation.no_look", "aucun look", "no look"),
    ("evaluation.no_example", "aucun exemple", "no example"),
    ("evaluation.single", "Objets qu’un seul look montre\u{a0}:", "Items that a single look shows:"),
    ("count.look.one", "look", "look"),
    ("count.look.many", "looks", "looks"),
    ("count.example.one", "exemple", "example"),
    ("count.example.many", "exemples", "examples"),
    ("count.other.one", "autre", "other"),
    ("count.other.many", "autres", "others"),
    ("docs.heading", "L’API", "The API"),
    (
        "docs.lead",
        "Tout ce que font les pages passe par cette API.",
        "Everything the pages do goes through this API.",
    ),
    ("docs.raw", "Le document OpenAPI 3.1", "The OpenAPI 3.1 document"),
    (
        "docs.no_script",
        "Cette page se dessine avec JavaScript\u{202f}; le document OpenAPI dit la même chose.",
        "This page is drawn with JavaScript; the OpenAPI document says the same.",
    ),
    ("not_found.heading", "Cette page n’existe pas", "There is no such page"),
    ("not_found.back", "Retour à l’accueil", "Back to the home page"),
    ("js.analysing", "Analyse en cours…", "Looking closely…"),
    ("js.done", "Analyse terminée", "Analysis done"),
    ("js.failed", "L’image n’a pas pu être analysée.", "The picture could not be analysed."),
    ("js.offline", "Le serveur ne répond pas.", "The server does not answer."),
    (
        "js.busy",
        "Le serveur est occupé, nouvel essai dans un instant…",
        "The server is busy, trying again in a moment…",
    ),
    ("js.not_image", "Ce fichier n’est pas une image.", "This file is not a picture."),
    ("js.too_large", "Cette image est trop volumineuse.", "This picture is too large."),
    ("js.male", "Masculin", "Male"),
    ("js.female", "Féminin", "Female"),
    ("js.class", "Classe", "Class"),
    ("js.gender", "Sexe", "Sex"),
    ("js.verdict.recognised", "Reconnu", "Recognised"),
    ("js.verdict.uncertain", "Incertain", "Uncertain"),
    ("js.verdict.unknown", "Inconnu", "Unknown"),
    (
        "js.verdict.recognised.why",
        "Lorgnon connaît ce personnage et s’y fie.",
        "Lorgnon knows this character and is sure of it.",
    ),
    (
        "js.verdict.uncertain.why",
        "Un personnage, mais à vérifier\u{a0}: d’autres réponses restent possibles.",
        "A character, but check it: other answers remain possible.",
    ),
    (
        "js.verdict.unknown.why",
        "Lorgnon ne reconnaît ici aucun personnage qu’il a appris. Ce qui suit n’est qu’indicatif.",
        "Lorgnon recognises no character that it has learned here. What follows is a hint at most.",
    ),
    ("js.unknown_title", "Look inconnu", "Unknown look"),
    (
        "js.empty_index",
        "Lorgnon n’a encore rien appris\u{a0}: lancez un entraînement.",
        "Lorgnon has learned nothing yet: run a training.",
    ),
    ("js.sure.5", "certain", "certain"),
    ("js.sure.4", "très probable", "very likely"),
    ("js.sure.3", "probable", "likely"),
    ("js.sure.2", "incertain", "unsure"),
    ("js.sure.1", "peu probable", "unlikely"),
    ("js.colours", "Six couleurs", "Six colours"),
    ("js.colour.1", "Peau", "Skin"),
    ("js.colour.2", "Cheveux", "Hair"),
    ("js.colour.3", "Vêtement 1", "Clothing 1"),
    ("js.colour.4", "Vêtement 2", "Clothing 2"),
    ("js.colour.5", "Vêtement 3", "Clothing 3"),
    ("js.colour.6", "Vêtement 4", "Clothing 4"),
    ("js.state.solved", "résolue", "solved"),
    ("js.state.uncertain", "à vérifier", "unsure"),
    ("js.state.unknown", "non visible", "not visible"),
    ("js.copy", "Copier", "Copy"),
    ("js.copied", "Copié", "Copied"),
    ("js.copy_failed", "Copie refusée par le navigateur", "The browser refused to copy"),
    ("js.copy_list", "Liste", "List"),
    ("js.copy_integers", "Entiers", "Integers"),
    ("js.copy_look", "Chaîne de look", "Look string"),
    ("js.copy_all", "Tout copier", "Copy all"),
    ("js.items", "Équipement", "Items"),
    ("js.nothing", "Rien de porté", "Nothing worn"),
    ("js.not_learned", "Pas encore appris", "Not learned yet"),
    ("js.others", "Autres possibilités", "Other candidates"),
    ("js.same", "de même apparence", "that look the same"),
    ("js.from_icon", "d’après l’icône", "from its icon"),
    ("js.slot.coiffe", "Coiffe", "Hat"),
    ("js.slot.cape", "Cape", "Cloak"),
    ("js.slot.bouclier", "Bouclier", "Shield"),
    ("js.slot.familier", "Familier", "Pet"),
    ("js.slot.epauliere", "Épaulière", "Shoulder pads"),
    ("js.slot.costume", "Costume", "Costume"),
    ("js.slot.ailes", "Ailes", "Wings"),
    ("js.neighbours", "Les looks les plus proches", "The nearest looks"),
    ("js.palette", "Palette de l’image", "Colours of the picture"),
    ("js.character", "Personnage trouvé", "Character found"),
    ("js.no_character", "Aucun personnage trouvé dans l’image.", "No character found in the picture."),
    ("js.mirrored", "en miroir", "mirrored"),
    ("js.found_in", "en", "in"),
    ("js.encoder", "encodeur", "encoder"),
    ("js.model", "modèle", "model"),
    ("js.export", "Exporter", "Export"),
    ("js.export_json", "Télécharger le JSON", "Download the JSON"),
    ("js.copy_json", "Copier le JSON", "Copy the JSON"),
    ("js.picture_alt", "L’image analysée", "The picture analysed"),
    ("js.redrawn", "Est-ce bien lui\u{202f}?", "Is this it?"),
    (
        "js.redrawn_alt",
        "Le personnage reconnu, redessiné dans les couleurs trouvées",
        "The character recognised, redrawn in the colours found",
    ),
    ("js.why_asking", "Un instant…", "One moment…"),
    ("js.why_for", "parle pour cette réponse", "speaks for this answer"),
    ("js.why_against", "parle pour la suivante", "speaks for the next best"),
    ("js.why_failed", "L’explication n’a pas pu être obtenue.", "The reasons could not be had."),
    ("js.token", "Jeton d’administration (LORGNON_TOKEN)", "Administration token (LORGNON_TOKEN)"),
    ("js.token_give", "Continuer", "Go on"),
    ("js.cancel", "Annuler", "Cancel"),
    ("js.not_known", "Inconnu", "Unknown"),
    ("js.item", "Objet", "Item"),
    ("js.item_placeholder", "Nom ou numéro", "Name or number"),
    ("js.perhaps", "peut-être", "perhaps"),
    ("js.level", "niv.", "lvl"),
    ("js.colour_choose", "choisir", "choose"),
    ("js.colour_code", "code", "code"),
    ("js.colour_invalid", "Écrivez la couleur comme #E59BE8", "Write the colour like #E59BE8"),
    ("js.correct", "Corriger et enseigner", "Correct and teach"),
    (
        "js.correct_lead",
        "Quelque chose est faux\u{202f}? Corrigez\u{a0}: le partage suit, et Lorgnon peut apprendre de ce look.",
        "Is something wrong? Correct it: sharing follows, and Lorgnon can learn from this look.",
    ),
    ("js.add", "Ajouter à l’apprentissage", "Add to the training set"),
    (
        "js.add_privacy",
        "L’image et ses étiquettes seront alors conservées sur le serveur.",
        "The picture and its labels are then kept on the server.",
    ),
    ("js.adding", "Ajout en cours…", "Adding…"),
    (
        "js.added",
        "Ajouté\u{a0}: le prochain entraînement apprendra ce look.",
        "Added: the next training learns this look.",
    ),
    ("js.added_see", "Voir le look", "See the look"),
    ("js.undo", "Annuler l’ajout", "Undo"),
    ("js.undone", "Ajout annulé.", "Undone."),
    ("js.redo", "Rétablir", "Put back"),
    (
        "js.conflicts",
        "Des looks presque identiques sont étiquetés autrement\u{a0}:",
        "Looks that are almost the same are labelled otherwise:",
    ),
    ("js.conflict_differs", "diffère\u{a0}:", "differs:"),
    ("js.save", "Enregistrer", "Save"),
    (
        "js.saved",
        "Enregistré\u{a0}: le prochain entraînement en tiendra compte.",
        "Saved: the next training takes it.",
    ),
    ("js.remove", "Retirer de l’apprentissage", "Remove from the training set"),
    (
        "js.removed_said",
        "Retiré\u{a0}: le prochain entraînement l’oubliera.",
        "Removed: the next training forgets it.",
    ),
    ("js.restore", "Reprendre ce look", "Take this look back"),
    ("js.restored", "Ce look est repris.", "This look is back."),
    (
        "js.crop_help",
        "Tracez un cadre autour du personnage (ou flèches, Maj + flèches).",
        "Draw a box around the character (or arrow keys, Shift + arrows).",
    ),
    ("js.crop_done", "Analyser ce cadre", "Look at this part"),
    ("js.batch", "Plusieurs images", "Several pictures"),
    ("js.batch_open", "Voir", "Open"),
    ("js.picture_column", "Image", "Picture"),
    ("js.file", "Fichier", "File"),
    ("js.verdict_column", "Verdict", "Verdict"),
    ("js.compare", "Comparer deux images", "Compare two pictures"),
    ("js.compare_same", "identique", "the same"),
    ("js.compare_differs", "différent", "different"),
    ("js.raw", "La réponse complète (JSON)", "The whole answer (JSON)"),
    ("js.copy_link", "Lien de partage", "Share link"),
    ("js.copy_entry", "Entrée d’export", "Export entry"),
    ("js.copy_barbofus", "Lien Barbofus (?s=)", "Barbofus link (?s=)"),
    (
        "js.share_privacy",
        "Le lien contient le look lui-même, pas l’image.",
        "The link holds the look itself, not the picture.",
    ),
    ("js.shared_drawing", "Redessiné", "Redrawn"),
    ("js.shared_again", "Reconnaître une image", "Recognise a picture"),
    ("js.live", "En direct", "Live"),
    ("js.polling", "Mise à jour toutes les 5 s", "Updated every 5 s"),
    ("js.lost", "Connexion perdue, nouvel essai…", "Connection lost, trying again…"),
    ("js.training_started", "Entraînement lancé", "Training started"),
    ("js.training_stopping", "Arrêt demandé", "Stop requested"),
    ("js.parameters", "Paramètres", "Parameters"),
    ("js.body", "Corps", "Body"),
    ("js.answers", "Réponses", "Answers"),
    ("js.schemas", "Schémas", "Schemas"),
];

/// A text of a language.
pub(crate) fn text(key: &str, language: Language) -> Option<&'static str> {
    let (_, french, english) = TEXTS.iter().find(|(known, ..)| *known == key)?;
    Some(match language {
        Language::French => french,
        Language::English => english,
    })
}

/// The scripts' texts as JSON that is safe inside an HTML element.
pub(crate) fn for_scripts(language: Language) -> String {
    let texts: serde_json::Map<String, serde_json::Value> = TEXTS
        .iter()
        .filter_map(|(key, french, english)| {
            let value = match language {
                Language::French => french,
                Language::English => english,
            };
            Some((key.strip_prefix("js.")?.to_owned(), (*value).into()))
        })
        .collect();
    serde_json::Value::Object(texts).to_string().replace('<', "\\u003c")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::pages::assets::FILES;

    #[test]
    fn every_text_is_there_once_in_both_languages() {
        let mut keys = BTreeSet::new();
        for (key, french, english) in TEXTS {
            assert!(keys.insert(key), "{key} twice");
            assert!(!french.trim().is_empty() && !english.trim().is_empty(), "{key}");
        }
    }

    /// An apostrophe is no straight quote, and no line begins with a colon or a question mark.
    #[test]
    fn texts_are_set_as_their_language_is() {
        // That title is the old system's, to the letter.
        for (key, french, english) in TEXTS.iter().filter(|(key, ..)| *key != "title.progress") {
            assert!(!french.contains('\'') && !english.contains('\''), "{key}: a straight apostrophe");
            for broken in [" :", " ;", " !", " ?", " %", "« ", " »"] {
                assert!(!french.contains(broken), "{key}: `{broken}` may break across lines");
            }
        }
    }

    /// The keys between `before`, where it begins a word, and `after`.
    fn keys<'a>(source: &'a str, before: &str, after: char) -> Vec<&'a str> {
        source
            .match_indices(before)
            .filter(|(at, _)| !source[..*at].ends_with(char::is_alphanumeric))
            .filter_map(|(at, _)| source[at + before.len()..].split(after).next())
            .collect()
    }

    #[test]
    fn every_text_that_a_template_or_script_names_exists() {
        let templates = [
            include_str!("../assets/base.html"),
            include_str!("../assets/home.html"),
            include_str!("../assets/progress.html"),
            include_str!("../assets/evaluation.html"),
            include_str!("../assets/looks.html"),
            include_str!("../assets/look.html"),
            include_str!("../assets/map.html"),
            include_str!("../assets/duplicates.html"),
            include_str!("../assets/api_docs.html"),
            include_str!("../assets/not_found.html"),
        ];
        let mut seen = 0;
        for key in templates.iter().flat_map(|template| keys(template, "{{t:", '}')) {
            assert!(text(key, Language::French).is_some(), "{key}");
            seen += 1;
        }
        for (name, _, source) in FILES.iter().filter(|(name, ..)| name.ends_with(".js")) {
            for key in keys(source, "t(\"", '"') {
                assert!(text(&format!("js.{key}"), Language::French).is_some(), "{key} of {name}");
                seen += 1;
            }
        }
        assert!(seen > 50, "{seen}: the search itself is broken");
    }

    #[test]
    fn texts_cannot_end_the_element_they_stand_in() {
        assert!(!for_scripts(Language::French).contains('<'));
    }
}
