//! Whose address goes to whom, and whom held rows protect.

use super::{Case, tell};

#[test]
fn addresses_may_go_round() {
    for (roster, file, plan) in [
        ("1 ada, 2 bob", "1 bob, 2 ada", "1 update email from 2, 2 update email from 1"),
        (
            "1 ada, 2 bob, 3 eve",
            "1 bob, 2 eve, 3 ada",
            "1 update email from 2, 2 update email from 3, 3 update email from 1",
        ),
        ("1 ada, 2 bob", "1 bob, 2 eve", "1 update email from 2, 2 update email"),
        // From somebody who goes.
        ("1 ada, 2 bob", "1 bob", "1 update email from 2, delete 2"),
        ("1 ada, 2 bob", "1 bob, 3 ada", "1 update email from 2, 2 create from 1 SIMILAR_MEMBER, delete 2"),
    ] {
        assert_eq!(tell(roster, file), plan, "{roster} <- {file}");
    }
    let case = Case { clear: &["email"], ..Case::default() };
    assert_eq!(case.tell("1 ada, 2 bob", "1 -, 2 ada"), "1 update email, 2 update email from 1");
    assert_eq!(tell("1 ada, 2 bob", "1 -, 2 ada"), "1 unchanged, 2 held EMAIL_TAKEN");
}

#[test]
fn who_has_an_address_keeps_it_against_others() {
    for (roster, file, plan) in [
        ("1 ada", "1 ada, 2 ada", "1 unchanged, 2 held EMAIL_TAKEN"),
        ("1 ada", "2 ADA, 1 ada", "1 held EMAIL_TAKEN, 2 unchanged"),
        ("1 ada, 2 bob", "1 ada, 2 ada", "1 unchanged, 2 held EMAIL_TAKEN"),
        ("1 ada", "1 ada, 2 ada, 3 ada", "1 unchanged, 2 held EMAIL_TAKEN, 3 held EMAIL_TAKEN"),
        // Though their own row is held.
        ("1 ada", "[1,ada@x.org,\u{202E}], 2 ada", "1 held BIDI_CONTROL, 2 held EMAIL_TAKEN"),
        ("1 ada", "[1,bob@x.org,\u{202E}], 2 ada", "1 held BIDI_CONTROL, 2 held EMAIL_TAKEN"),
        // Nobody has it: nobody gets it.
        ("", "1 ada, 2 ada", "1 held DUPLICATE_EMAIL, 2 held DUPLICATE_EMAIL"),
        ("1 ada", "1 bob, 2 ada, 3 ada", "1 update email, 2 held DUPLICATE_EMAIL, 3 held DUPLICATE_EMAIL"),
        ("1 ada, 2 bob", "1 eve, 2 eve", "1 held DUPLICATE_EMAIL, 2 held DUPLICATE_EMAIL"),
        // The address names its owner, who therefore stays.
        ("1 ada", "2 ada, 3 ada", "1 held DUPLICATE_EMAIL, 2 held DUPLICATE_EMAIL"),
    ] {
        assert_eq!(tell(roster, file), plan, "{roster} <- {file}");
    }
}

#[test]
fn a_chain_breaks_as_far_as_it_hangs_together() {
    for (roster, file, plan) in [
        // 1 takes from 2, who takes from 3, who stays as they are.
        (
            "1 ada, 2 bob, 3 eve",
            "1 bob, 2 eve, [3,dan@x.org,\u{202E}]",
            "1 held EMAIL_TAKEN, 2 held EMAIL_TAKEN, 3 held BIDI_CONTROL",
        ),
        // A ring with a broken link.
        (
            "1 ada, 2 bob, 3 eve",
            "1 bob, 2 eve, [3,ada@x.org,\u{202E}]",
            "1 held EMAIL_TAKEN, 2 held EMAIL_TAKEN, 3 held BIDI_CONTROL",
        ),
        // What is before the break goes on.
        (
            "1 ada, 2 bob, 3 eve, 4 dan",
            "1 ken, 2 ada, 3 dan, 4 dan",
            "1 update email, 2 update email from 1, 3 held EMAIL_TAKEN, 4 unchanged",
        ),
        // A new one at the end of it.
        (
            "1 ada, 2 bob",
            "1 bob, 2 bob Boss, 3 ada",
            "1 held EMAIL_TAKEN, 2 update job_title, 3 held EMAIL_TAKEN",
        ),
    ] {
        assert_eq!(tell(roster, file), plan, "{roster} <- {file}");
    }
    let case = Case { required: &["job_title"], ..Case::default() };
    assert_eq!(
        case.tell("1 ada Boss, 2 bob", "1 bob, 2 ada"),
        "1 held EMAIL_TAKEN, 2 held MISSING_REQUIRED",
        "a member whose row is held keeps their address"
    );
}

#[test]
fn held_rows_protect_whom_they_name() {
    for (roster, file, plan) in [
        ("1 ada, 2 bob", "[1,,\u{202E}]", "1 held BIDI_CONTROL, delete 2"),
        ("1 ada, 2 bob", "[9,ada@x.org,\u{202E}]", "1 held BIDI_CONTROL, delete 2"),
        ("1 ada, 2 bob, 3 eve", "[1,bob@x.org,\u{202E}]", "1 held BIDI_CONTROL, delete 3"),
        // And then they have an address to keep.
        (
            "1 ada",
            "[9,ada@x.org,\u{202E}], 2 ada",
            "1 held BIDI_CONTROL DUPLICATE_EMAIL, 2 held DUPLICATE_EMAIL",
        ),
        ("1 ada", "2 -, [1,bob@x.org,\u{202E}], 3 ada", "1 create, 2 held BIDI_CONTROL, 3 held EMAIL_TAKEN"),
    ] {
        assert_eq!(tell(roster, file), plan, "{roster} <- {file}");
    }
}

#[test]
fn absence_proves_nothing_in_a_file_that_is_damaged() {
    for (roster, file, plan) in [
        ("1 ada, 2 bob", "1 ada, [3,eve@x.org]", "1 unchanged, 2 held ROW_TOO_SHORT, blocked"),
        ("1 ada, 2 bob", "1 ada, [3,eve@x.org,,4]", "1 unchanged, 2 held ROW_TOO_LONG, blocked"),
        ("1 ada, 2 bob", "1 ada, [3,\"eve\"@x.org,]", "1 unchanged, 2 held MALFORMED_QUOTING, blocked"),
        ("1 ada, 2 bob", "1 ada, [1.2E+11,eve@x.org,]", "1 unchanged, 2 held SUSPECT_UNIQUE_ID, blocked"),
        ("1 ada, 2 bob", "1 ada, - eve", "1 unchanged, 2 held SUSPECT_UNIQUE_ID, blocked"),
        ("1 ada, 2 bob", "1 ada, [N/A,eve@x.org,]", "1 unchanged, 2 held SUSPECT_UNIQUE_ID, blocked"),
        ("1 ada, 2 bob", "1 ada, [\u{202E}2,eve@x.org,]", "1 unchanged, 2 held BIDI_CONTROL, blocked"),
        // Whoever is not deleted keeps their address.
        ("1 ada, 2 bob", "1 bob, - eve", "1 held EMAIL_TAKEN, 2 held SUSPECT_UNIQUE_ID, blocked"),
        (
            "1 ada",
            "1 ada, [2,\"bob\"x,], 01 eve",
            "1 unchanged, 2 held MALFORMED_QUOTING, 3 create SIMILAR_UNIQUE_ID, blocked",
        ),
    ] {
        assert_eq!(tell(roster, file), plan, "{roster} <- {file}");
    }
}
