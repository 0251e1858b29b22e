//! What every store promises, as tests. [`run`] panics at the first promise that is not kept.

mod changes;
mod isolation;
mod samples;
mod searches;
mod sequences;

use lorgnon_index::Store;

/// Runs the whole suite. `open` gives a handle to the store of a name: an empty one the first time
/// a name is asked for, the same data (as another process would see it) afterwards.
///
/// # Panics
/// When the store breaks a promise.
pub fn run(open: impl Fn(&str) -> Box<dyn Store>) {
    isolation::an_empty_store_answers(&*open("empty"));
    isolation::readers_keep_their_commit(&*open("isolation"));
    isolation::a_dropped_writer_leaves_nothing(&*open("dropped"));
    isolation::there_is_one_writer(&*open("locked"), &*open("locked"));
    isolation::another_handle_sees_commits(&*open("handles"), &*open("handles"));
    isolation::commits_last(&open);
    changes::a_put_replaces_everything(&*open("replace"));
    changes::a_relabel_keeps_vectors(&*open("relabel"));
    changes::a_removed_look_is_gone(&*open("remove"));
    changes::clearing_makes_room_for_another_encoder(&*open("clear"));
    changes::models_are_kept_by_name(&*open("models"));
    changes::wrong_vectors_are_refused(&*open("dimensions"));
    changes::looks_are_visited_by_id(&*open("visit"));
    searches::every_place_is_searched_as_by_brute_force(&*open("search"));
    searches::filters_leave_what_passes_them(&*open("filters"));
    searches::ties_are_ordered_by_id(&*open("ties"));
    searches::a_vector_of_zeros_is_no_nearer_to_anything(&*open("zeros"));
    sequences::any_sequence_of_changes_ends_where_a_map_does(&open);
}
