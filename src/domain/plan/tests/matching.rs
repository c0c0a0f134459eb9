//! Who is who: ids, adoption, likeness, repetition, coming back.

use super::{Case, tell};

#[test]
fn a_row_is_new_changed_or_the_same_and_who_is_absent_goes() {
    for (roster, file, plan) in [
        ("", "1 ada", "1 create"),
        ("1 ada, 2 bob", "1 ada, 2 bob", "1 unchanged, 2 unchanged"),
        ("1 ada, 2 bob", "2 bob Boss, 3 eve", "1 update job_title, 2 create, delete 1"),
        ("1 ada Boss", "1 ada", "1 unchanged"),
        ("1 ada", "1 ADA", "1 unchanged"),
        ("1 ada, 2 bob", "1 eve", "1 update email, delete 2"),
        // Opaque: nothing but blanks and NFC is taken off.
        ("1 ada", "[ 1 ,ada@x.org,]", "1 unchanged VALUE_CLEANED"),
        ("x1 ada", "y1 ada", "1 create from x1 SIMILAR_MEMBER, delete x1"),
        ("- ada", "[1,,Boss]", "1 create, delete ada"),
    ] {
        assert_eq!(tell(roster, file), plan, "{roster} <- {file}");
    }
}

#[test]
fn rows_that_say_what_is_known_need_not_be_compared() {
    for (roster, file, settled_by_traces) in [
        ("1 ada Boss, 2 bob", "1 ada Boss, 2 bob", 2),
        // Spelled otherwise, an address is the same.
        ("1 ada", "1 ADA", 1),
        ("1 ada Boss", "1 ada Clerk", 0),
        // What the file does not say, it leaves: that takes a look.
        ("1 ada Boss", "1 ada", 0),
        // There is something to remark.
        ("1 ada", "[ 1 ,ada@x.org,]", 0),
        ("1 ada", "1 ada, 1 ada", 1),
        ("~1 ada", "1 ada", 0),
    ] {
        let (_, plan) = Case::default().plan(roster, file);
        assert_eq!(plan.settled_by_traces, settled_by_traces, "{roster} <- {file}");
    }
}

#[test]
fn a_file_of_some_deletes_nobody() {
    let case = Case::partial();
    assert_eq!(case.tell("1 ada, 2 bob, - eve", "1 ada Boss, 3 dan"), "1 update job_title, 2 create");
    // Who is not in it keeps their address.
    assert_eq!(case.tell("1 ada, 2 bob", "3 bob"), "1 held EMAIL_TAKEN");
    assert_eq!(case.tell("1 ada, 2 bob", "1 bob"), "1 held EMAIL_TAKEN");
    assert_eq!(case.tell("1 ada, 2 bob", "1 bob, 2 ada"), "1 update email from 2, 2 update email from 1");
}

#[test]
fn an_id_adopts_the_member_who_has_none_by_their_address() {
    for (roster, file, plan) in [
        ("- ada", "1 ada", "1 update unique_id"),
        ("- ada", "1 ADA Boss", "1 update unique_id job_title"),
        // Whoever has an id is another person.
        ("2 ada", "1 ada", "1 create from 2 SIMILAR_MEMBER, delete 2"),
        ("2 ada", "1 ada, 2 bob", "1 create from 2 SIMILAR_MEMBER, 2 update email"),
        // An id that is somebody's adopts nobody.
        ("1 bob, - ada", "1 ada", "1 update email from ada@x.org, delete ada"),
        // Two ids for one: neither is preferred, and the member stays, be one of the rows broken or not.
        ("- ada", "1 ada, 2 ada", "1 held DUPLICATE_EMAIL, 2 held DUPLICATE_EMAIL"),
        ("- ada", "1 ada, 1 ada", "1 update unique_id, 2 repeated DUPLICATE_ROW"),
        ("- ada", "1 ada, 1 ada Boss", "1 held DUPLICATE_UNIQUE_ID, 2 held DUPLICATE_UNIQUE_ID"),
        (
            "- ada",
            "1 ada, [2,ada@x.org,\u{202E}]",
            "1 held DUPLICATE_EMAIL, 2 held BIDI_CONTROL DUPLICATE_EMAIL",
        ),
        // A row that is held adopts nobody, and keeps them.
        ("- ada", "[1,ada@x.org,\u{202E}]", "1 held BIDI_CONTROL"),
    ] {
        assert_eq!(tell(roster, file), plan, "{roster} <- {file}");
    }
}

#[test]
fn an_id_that_is_nearly_that_of_an_absent_member_is_held_and_protects_them() {
    for (roster, file, plan) in [
        ("01 ada", "1 bob", "1 held SIMILAR_UNIQUE_ID"),
        ("1 ada", "001 ada", "1 held SIMILAR_UNIQUE_ID"),
        ("m1 ada, 2 bob", "M1 ada", "1 held SIMILAR_UNIQUE_ID, delete 2"),
        // It protects all of them.
        ("1 ada, 01 bob", "001 eve", "1 held SIMILAR_UNIQUE_ID"),
        ("1 ada, 01 bob", "001 eve, 1 ada", "1 held SIMILAR_UNIQUE_ID, 2 unchanged"),
        // Who is there under their own id is another person, with a warning for the new one alone.
        ("1 ada", "1 ada, 01 bob", "1 unchanged, 2 create SIMILAR_UNIQUE_ID"),
        ("1 ada, 01 bob", "1 ada, 01 bob", "1 unchanged, 2 unchanged"),
        ("1 ada, - bob", "1 ada, 01 bob", "1 unchanged, 2 update unique_id SIMILAR_UNIQUE_ID"),
        // There, though held: there.
        ("1 ada", "[1,\u{202E},], 01 bob", "1 held BIDI_CONTROL, 2 create SIMILAR_UNIQUE_ID"),
        // An id that somebody has is not new, so the other one may go.
        ("1 ada, 01 bob", "01 bob", "1 unchanged, delete 1"),
        // A broken row protects just as much.
        ("1 ada", "[01,\u{202E},]", "1 held BIDI_CONTROL SIMILAR_UNIQUE_ID"),
        // Not to those who have gone, and not among the new.
        ("~1 ada", "01 bob", "1 create"),
        ("", "1 ada, 01 bob", "1 create, 2 create"),
        // One who keeps their place keeps their address.
        ("1 ada", "01 bob, 2 ada", "1 held SIMILAR_UNIQUE_ID, 2 held EMAIL_TAKEN"),
    ] {
        assert_eq!(tell(roster, file), plan, "{roster} <- {file}");
    }
    assert_eq!(Case::partial().tell("1 ada", "01 bob"), "1 held SIMILAR_UNIQUE_ID");
}

#[test]
fn identical_rows_count_once_and_others_are_all_held() {
    for (roster, file, plan) in [
        ("1 ada", "1 ada, 1 ada", "1 unchanged, 2 repeated DUPLICATE_ROW"),
        (
            "",
            "1 ada, 2 bob, 1 ada, 1 ada",
            "1 create, 2 create, 3 repeated DUPLICATE_ROW, 4 repeated DUPLICATE_ROW",
        ),
        ("1 ada", "1 ada, 1 ada Boss", "1 held DUPLICATE_UNIQUE_ID, 2 held DUPLICATE_UNIQUE_ID"),
        (
            "1 ada",
            "1 ada Boss, 1 ada, 1 ada Boss",
            "1 held DUPLICATE_UNIQUE_ID, 2 held DUPLICATE_UNIQUE_ID, 3 repeated DUPLICATE_ROW",
        ),
        // The same in what is mapped, whatever blanks are around it.
        (
            "",
            "[1,ada@x.org,Boss], [ 1 ,ada@x.org,Boss ]",
            "1 create, 2 repeated VALUE_CLEANED VALUE_CLEANED DUPLICATE_ROW",
        ),
        ("", "[1,ada@x.org,], [1,ada@x.org,NULL]", "1 create, 2 repeated PLACEHOLDER_VALUE DUPLICATE_ROW"),
        // The broken one says what is wrong with it, too.
        (
            "1 ada",
            "1 ada, [1,ada@x.org,\u{202E}]",
            "1 held DUPLICATE_UNIQUE_ID, 2 held BIDI_CONTROL DUPLICATE_UNIQUE_ID",
        ),
        ("1 ada", "1 ada, [1,ada@x.org]", "1 held DUPLICATE_UNIQUE_ID, 2 held ROW_TOO_SHORT, blocked"),
        // Spelled otherwise, an address is the same.
        ("", "1 ada, 1 Ada", "1 create, 2 repeated DUPLICATE_ROW"),
        // What is wrong with a row is said once.
        ("", "[1,ada,x], [1,ada,x]", "1 held INVALID_EMAIL, 2 repeated DUPLICATE_ROW"),
        ("1 ada", "[1,ada,x], [1,ada,x]", "1 held INVALID_EMAIL, 2 repeated DUPLICATE_ROW"),
        ("1 ada", "1 ada, 2 ada, 2 ada", "1 unchanged, 2 held EMAIL_TAKEN, 3 repeated DUPLICATE_ROW"),
        ("", "[1], [1]", "1 held ROW_TOO_SHORT, 2 held ROW_TOO_SHORT, blocked"),
    ] {
        assert_eq!(tell(roster, file), plan, "{roster} <- {file}");
    }
}

#[test]
fn who_was_deleted_comes_back_by_id() {
    for (roster, file, plan) in [
        ("~1 ada", "1 ada", "1 create again"),
        ("~1 ada, 2 ada", "1 ada, 2 ada", "1 held EMAIL_TAKEN, 2 unchanged"),
        ("~1 ada, 2 ada", "1 ada", "1 create again from 2 SIMILAR_MEMBER, delete 2"),
        // An address brings nobody back, nor does it stand in the way.
        ("~1 ada", "2 ada", "1 create"),
        ("~- ada", "2 ada", "1 create"),
        // One who is there comes first.
        ("~1 ada, 1 bob", "1 bob", "1 unchanged"),
        // A known id adopts nobody.
        ("~1 ada, - bob", "1 bob", "1 create again from bob@x.org SIMILAR_MEMBER, delete bob"),
    ] {
        assert_eq!(tell(roster, file), plan, "{roster} <- {file}");
    }
}

#[test]
fn by_email_ids_are_checked_but_match_nobody() {
    let case = Case::by_email();
    for (roster, file, plan) in [
        ("- ada, - bob", "- ADA Boss, - eve", "1 update job_title, 2 create, delete bob"),
        ("- ada", "1 ada", "1 update unique_id"),
        ("1 ada", "- ada", "1 unchanged"),
        ("1 ada", "1 ada", "1 unchanged"),
        ("- ada", "- ada, - ada", "1 unchanged, 2 repeated DUPLICATE_ROW"),
        ("- ada", "- ada, - ada Boss", "1 held DUPLICATE_EMAIL, 2 held DUPLICATE_EMAIL"),
        ("- ada", "- ada, - ADA", "1 unchanged, 2 repeated DUPLICATE_ROW"),
        // An id and an address of two people: nobody changes, nobody goes.
        ("1 ada, 2 bob", "2 ada", "1 held IDENTITY_CHANGED"),
        ("1 ada", "2 ada", "1 held IDENTITY_CHANGED"),
        ("1 ada", "1 bob", "1 held IDENTITY_CHANGED"),
        ("1 ada, 2 bob", "2 ada, 1 bob", "1 held IDENTITY_CHANGED, 2 held IDENTITY_CHANGED"),
        ("1 -", "1 ada", "1 held IDENTITY_CHANGED"),
        ("", "1 ada, 1 bob", "1 held DUPLICATE_UNIQUE_ID, 2 held DUPLICATE_UNIQUE_ID"),
        ("01 ada", "1 bob", "1 held SIMILAR_UNIQUE_ID"),
        ("01 ada", "1 bob, - ada", "1 create SIMILAR_UNIQUE_ID, 2 unchanged"),
        // Without a readable address nobody can tell whose row it is.
        ("- ada", "1 -", "1 held MISSING_REQUIRED, blocked"),
        ("- ada", "[1,ada,]", "1 held INVALID_EMAIL, blocked"),
        ("- ada", "[1,N/A,]", "1 held MISSING_REQUIRED, blocked"),
        // By address they come back, unless the id says that it is another person.
        ("~- ada", "- ada", "1 create again"),
        ("~1 ada", "1 ada", "1 create again"),
        ("~1 ada", "2 ada", "1 create"),
    ] {
        assert_eq!(case.tell(roster, file), plan, "{roster} <- {file}");
    }
    let file = "email,job_title\nada@x.org,Boss\nbob@x.org,\n";
    assert_eq!(case.tell_csv("- ada, - eve", file), "1 update job_title, 2 create, delete eve");
}
