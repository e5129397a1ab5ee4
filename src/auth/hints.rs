//! What a person can do about an error of Entra's, by its AADSTS number. Words only: the numbers may change, and
//! Microsoft asks clients not to decide anything by them (its reference of error codes).

/// Where help is to be found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Remedy {
    /// Begin again.
    Again,
    /// Somebody has to consent; the link for an admin helps.
    Consent,
    /// The other way of signing in may be allowed.
    OtherWay,
    /// Only an admin can help.
    Admin,
    /// The configuration or the app registration is wrong.
    Setup,
    /// Another account, or another state of this one.
    Account,
}

/// Numbers with the same words. `{client}`, `{tenant}` and `{scope}` are filled in.
pub(super) struct Hint {
    pub(super) numbers: &'static [u32],
    pub(super) remedy: Remedy,
    pub(super) say: &'static str,
}

const fn hint(numbers: &'static [u32], remedy: Remedy, say: &'static str) -> Hint {
    Hint { numbers, remedy, say }
}

use Remedy::{Account, Admin, Again, Consent, OtherWay, Setup};

/// The table.
pub(super) const HINTS: &[Hint] = &[
    hint(&[70019, 70020], Again, "The code ran out."),
    hint(&[70018, 90119], Again, "That code was not accepted. Get a new one."),
    hint(&[90120, 54005], Again, "This code was used already. Get a new one."),
    hint(
        &[65001],
        Consent,
        "App {client} has no consent for {scope}. Sign in again to give it, or ask an admin to.",
    ),
    hint(&[65004], Account, "The permissions were declined on the page."),
    hint(&[90094, 90095], Consent, "An administrator must approve {scope} for app {client}."),
    hint(
        &[90008, 650_056, 650_057, 65005],
        Setup,
        "The app registration does not list {scope}: API permissions, Microsoft Graph, Delegated permissions.",
    ),
    hint(
        &[65002],
        Setup,
        "Client ID {client} belongs to Microsoft and may not ask for {scope}. Use an app registration of your own (retitle setup).",
    ),
    hint(&[650_052], Admin, "Tenant {tenant} has not enabled this service."),
    hint(&[70011, 28002, 650_053], Setup, "The permission {scope} is not known there. Is it another cloud?"),
    hint(
        &[7_000_218],
        Setup,
        "The app registration does not allow this: Authentication, Allow public client flows, Yes, with the platform Mobile and desktop applications.",
    ),
    hint(
        &[700_016, 700_011, 70001, 7_000_112],
        Setup,
        "There is no app {client} in tenant {tenant}. Is the client ID or the tenant wrong?",
    ),
    hint(
        &[50194, 90130, 90124, 9_001_023],
        Setup,
        "App {client} is for one tenant only. Put your directory ID into tenant.",
    ),
    hint(
        &[50020, 16000, 50034, 51004, 50014, 16003, 90072],
        Account,
        "This user is not in tenant {tenant}. Choose another account, or be invited as a guest.",
    ),
    hint(&[500_208], Account, "Use a work or school account."),
    hint(&[90002, 50059, 50128, 90019], Setup, "Tenant {tenant} does not exist in this cloud."),
    hint(
        &[90038],
        Setup,
        "Tenant {tenant} is in another cloud; Security Copilot's API is in the global one only.",
    ),
    hint(
        &[500_011, 50001],
        Setup,
        "Microsoft Graph is not found in tenant {tenant}. Is the tenant in another cloud?",
    ),
    hint(
        &[50076, 50079, 50074, 50072, 50078, 50158],
        Again,
        "Your organisation asks for multi-factor sign-in. Sign in again.",
    ),
    hint(
        &[53003, 530_036],
        OtherWay,
        "Your organisation blocks this sign-in (Conditional Access), usually its method and not you.",
    ),
    hint(
        &[530_032, 530_034, 530_035],
        Admin,
        "Your tenant's security policy blocks this sign-in. Ask your admin.",
    ),
    hint(
        &[53000, 53001, 530_003, 50097, 50005, 50129, 50155, 50187],
        OtherWay,
        "Your organisation wants a managed device. A code can never prove one; the browser on that device can.",
    ),
    hint(
        &[53002, 53004, 53010, 53011, 50053, 50131],
        Admin,
        "Your organisation holds this sign-in back: the app is not approved, or the account is locked or at risk. Ask your admin.",
    ),
    hint(
        &[50105],
        Admin,
        "You are not assigned to app {client}. Ask an admin: Enterprise applications, Users and groups.",
    ),
    hint(&[50199], Again, "Sign in again and confirm on the page."),
    hint(&[50173, 50132, 50133, 50089, 70000, 50013], Again, "The sign-in was revoked. Sign in again."),
    hint(&[700_082, 70008], Again, "Signed out after a long pause. Sign in again."),
    hint(&[70043], Again, "Your organisation asks to sign in again every so often."),
    hint(
        &[700_084],
        Setup,
        "The app is registered as a single-page app. Register the platform Mobile and desktop applications.",
    ),
    hint(
        &[50055, 50056, 50057, 50126, 50144],
        Account,
        "The account or its password cannot be used now. Try it in a browser.",
    ),
    hint(&[50196], Again, "The server was asked too often. Wait a minute."),
    hint(
        &[500_021, 500_022, 500_212, 500_213],
        Admin,
        "Your network or tenant restricts which tenants may be signed in to. Ask your admin.",
    ),
    hint(
        &[700_022, 700_023, 700_025],
        Again,
        "The server does not like how retitle asked; please report this.",
    ),
];

/// The words for a number.
pub(super) fn find(number: u32) -> Option<&'static Hint> {
    HINTS.iter().find(|hint| hint.numbers.contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_has_two_hints() {
        let mut all: Vec<u32> = HINTS.iter().flat_map(|hint| hint.numbers.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
