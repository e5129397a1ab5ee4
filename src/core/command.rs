//! What a person can ask for, and where keys go. With the key map this is the one source of keys, footer hints, help,
//! palette and the README's key table.

use serde::{Deserialize, Serialize};

/// Where keys go.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Focus {
    /// The list of sessions.
    List,
    /// The name being edited in its row.
    Rename,
    /// The filter line.
    Filter,
    /// The line that takes an ID or link.
    Add,
    /// The line that takes the name of a session to be made.
    Create,
    /// The sign-in screen.
    SignIn,
    /// A menu with a line to search in: palette, help, places, sort, templates.
    Menu,
    /// Something to read: messages, details.
    Reading,
    /// Ours or theirs?
    Conflict,
    /// The renames so far.
    History,
    /// The filter of the history.
    HistoryFilter,
    /// The fields of a bulk rename.
    Bulk,
    /// What becomes of each row in a bulk.
    BulkTable,
    /// A bulk that runs, or has.
    Batch,
}

impl Focus {
    /// Every focus, in the order of the help.
    pub const ALL: [Self; 14] = [
        Self::List,
        Self::Rename,
        Self::Filter,
        Self::Bulk,
        Self::BulkTable,
        Self::Batch,
        Self::Conflict,
        Self::Menu,
        Self::Reading,
        Self::Add,
        Self::Create,
        Self::History,
        Self::HistoryFilter,
        Self::SignIn,
    ];

    /// The heading in help and README.
    pub fn title(self) -> &'static str {
        match self {
            Self::List => "List",
            Self::Rename => "Rename",
            Self::Filter => "Filter",
            Self::Add => "Add",
            Self::Create => "Create",
            Self::SignIn => "Sign-in",
            Self::Menu => "Palette, help and menus",
            Self::Reading => "Messages and details",
            Self::Conflict => "Changed elsewhere",
            Self::History => "History",
            Self::HistoryFilter => "History filter",
            Self::Bulk => "Bulk rename",
            Self::BulkTable => "Bulk table",
            Self::Batch => "Bulk progress",
        }
    }

    /// The table in the configuration, as in `[keys.list]`.
    pub fn section(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Rename => "edit",
            Self::Filter => "filter",
            Self::Add => "add",
            Self::Create => "create",
            Self::SignIn => "sign_in",
            Self::Menu => "menu",
            Self::Reading => "reading",
            Self::Conflict => "conflict",
            Self::History => "history",
            Self::HistoryFilter => "history_filter",
            Self::Bulk => "bulk",
            Self::BulkTable => "bulk_table",
            Self::Batch => "batch",
        }
    }

    /// Whether every printable key is text here.
    pub fn is_text(self) -> bool {
        match self {
            Self::Rename
            | Self::Filter
            | Self::Add
            | Self::Create
            | Self::Menu
            | Self::HistoryFilter
            | Self::Bulk => true,
            Self::List
            | Self::SignIn
            | Self::Reading
            | Self::Conflict
            | Self::History
            | Self::BulkTable
            | Self::Batch => false,
        }
    }
}

macro_rules! commands {
    ($($name:ident: $id:literal, $help:literal;)*) => {
        /// A thing that a person can ask for.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
        pub enum Command { $(#[doc = $help] $name,)* }

        impl Command {
            /// Every command.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The name in configuration and tables.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $id,)* }
            }

            /// One line of help.
            pub fn help(self) -> &'static str {
                match self { $(Self::$name => $help,)* }
            }

            /// Whether it does its work also where the window is too small to show what it is about: it leads out, or it
            /// works on text that is being typed and kept.
            pub fn works_unseen(self) -> bool {
                matches!(
                    self,
                    Self::Quit
                        | Self::Interrupt
                        | Self::Suspend
                        | Self::Redraw
                        | Self::Leave
                        | Self::CloseFilter
                        | Self::CloseAdd
                        | Self::CloseCreate
                        | Self::CloseSignIn
                        | Self::CloseMenu
                        | Self::CloseReading
                        | Self::CloseConflict
                        | Self::CloseHistory
                        | Self::HistoryClearFilter
                        | Self::CloseBulk
                        | Self::CloseBatch
                        | Self::Left
                        | Self::Right
                        | Self::WordLeft
                        | Self::WordRight
                        | Self::Home
                        | Self::End
                        | Self::DeleteBack
                        | Self::DeleteForward
                        | Self::DeleteWordBack
                        | Self::DeleteWordForward
                        | Self::KillToStart
                        | Self::KillToEnd
                        | Self::Yank
                        | Self::Undo
                        | Self::Redo
                        | Self::Transpose
                        | Self::Upper
                        | Self::Lower
                        | Self::Capitalise
                )
            }

            /// A command by its name.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|command| command.name() == name)
            }
        }
    };
}

commands! {
    Rename: "rename", "rename the selected session in its row";
    Down: "down", "next row";
    Up: "up", "previous row";
    PageDown: "page-down", "one page down";
    PageUp: "page-up", "one page up";
    Top: "top", "first row";
    Bottom: "bottom", "last row";
    NextOpen: "next-open", "next row that needs a look, or has a draft";
    PreviousOpen: "previous-open", "previous row that needs a look";
    Filter: "filter", "filter by name, ID, workspace or state";
    ClearFilter: "clear-filter", "dismiss the message, then clear the filter";
    Add: "add", "add a session by ID, portal link or share link";
    Create: "create", "make a new session and name it at once";
    Everything: "everything", "show everything in the workspace, and back";
    Refresh: "refresh", "read the names from the server again";
    Sort: "sort", "choose the order of the list";
    Pin: "pin", "pin to the top of the list, or unpin";
    Remove: "remove", "remove from this list; the server keeps it";
    PutInList: "put-in-list", "put what was removed last back into the list";
    Open: "open", "open the session in the browser";
    CopyId: "copy-id", "copy the session's ID";
    CopyLink: "copy-link", "copy the session's portal link";
    CopyName: "copy-name", "copy the session's name";
    Preview: "preview", "show or hide the preview: dates, renames, prompts";
    PreviewDown: "preview-down", "scroll the preview down";
    PreviewUp: "preview-up", "scroll the preview up";
    Details: "details", "all that is known of the row, request IDs included";
    Messages: "messages", "read the messages so far";
    Retry: "retry", "send now what waits or failed; put a drifted name back";
    CancelSave: "cancel-save", "cancel this save (a draft stays); accept a drifted name";
    TakeBack: "undo", "take the newest rename back";
    PutBack: "redo", "do what was taken back again";
    History: "history", "show the renames so far";
    Mark: "mark", "mark the row, or take its mark";
    MarkRange: "mark-range", "mark from here on as you move; once more ends it";
    MarkAll: "mark-all", "mark all that is shown, or take their marks";
    Unmark: "unmark", "take all marks away";
    Bulk: "bulk", "rename what is marked, else what a filter shows";
    EditNames: "edit-names", "rename the same in your editor, one line a session";
    Progress: "progress", "show how the last bulk went";
    Profiles: "profiles", "switch to another profile";
    Workspaces: "workspaces", "pick the workspace to work in, from Graph";
    OnePlace: "one-profile", "show the profile of this number alone";
    AllPlaces: "all-profiles", "show all profiles";
    SignIn: "sign-in", "sign in";
    Palette: "palette", "find commands, sessions and profiles";
    Help: "help", "show the keys";
    Mouse: "mouse", "take the mouse to choose and scroll, or give it back";
    Redraw: "redraw", "draw the screen anew";
    Suspend: "suspend", "go to the background (fg comes back)";
    Quit: "quit", "quit; waits for saves on their way";
    Interrupt: "interrupt", "twice: quit at once";
    Save: "save", "save";
    SaveNext: "save-next", "save, and edit the next row";
    SavePrevious: "save-previous", "save, and edit the previous row";
    Leave: "leave", "leave; changed text is kept as a draft";
    RecallOlder: "recall-older", "an earlier name of yours";
    RecallNewer: "recall-newer", "a later name of yours";
    Templates: "templates", "insert a template";
    CloseFilter: "close-filter", "close and clear the filter";
    KeepFilter: "keep-filter", "back to the list, keep the filter";
    SubmitAdd: "submit-add", "look the session up and add it";
    CloseAdd: "close-add", "close without adding";
    SubmitCreate: "submit-create", "make the session";
    CloseCreate: "close-create", "close; the text is kept as a draft";
    FilterDown: "filter-down", "next row";
    FilterUp: "filter-up", "previous row";
    Original: "original", "put the server's name back";
    Left: "left", "one character left";
    Right: "right", "one character right; at the end, take the completion";
    WordLeft: "word-left", "one word left";
    WordRight: "word-right", "one word right";
    Home: "home", "start of the line";
    End: "end", "end of the line";
    DeleteBack: "delete-back", "delete the character before";
    DeleteForward: "delete-forward", "delete the character after";
    DeleteWordBack: "delete-word-back", "delete the word before";
    DeleteWordForward: "delete-word-forward", "delete the word after";
    KillToStart: "kill-to-start", "cut to the start";
    KillToEnd: "kill-to-end", "cut to the end";
    Yank: "yank", "put the cut text back";
    Undo: "undo-edit", "undo in the field";
    Redo: "redo-edit", "redo in the field";
    Transpose: "transpose", "swap the two characters around the caret";
    Upper: "upper", "upper-case the word";
    Lower: "lower", "lower-case the word";
    Capitalise: "capitalise", "capitalise the word";
    OpenSignIn: "open-sign-in", "open the page in the browser and copy the code; try again";
    CopyCode: "copy-code", "copy the code or address, or what to send to your admin";
    NewCode: "new-code", "begin anew, with a new code";
    OtherWay: "other-way", "change over between code and browser";
    CloseSignIn: "close-sign-in", "look at the local list without signing in";
    Mine: "mine", "send my name";
    Theirs: "theirs", "take theirs, drop mine";
    EditMine: "edit-mine", "edit my name";
    CloseConflict: "close-conflict", "decide later (the words are kept)";
    HistoryUndo: "history-undo", "take this back; on an undo: do it again";
    HistoryDown: "history-down", "next entry";
    HistoryUp: "history-up", "previous entry";
    HistoryPageDown: "history-page-down", "one page down";
    HistoryPageUp: "history-page-up", "one page up";
    HistoryTop: "history-top", "newest entry";
    HistoryBottom: "history-bottom", "oldest entry";
    HistoryFilter: "history-filter", "filter by name or ID";
    HistoryKeepFilter: "history-keep-filter", "back to the entries, keep the filter";
    HistoryClearFilter: "history-clear-filter", "clear the filter";
    CloseHistory: "close-history", "close the history";
    MenuRun: "menu-run", "do what the line says";
    MenuDown: "menu-down", "next line";
    MenuUp: "menu-up", "previous line";
    MenuPageDown: "menu-page-down", "one page down";
    MenuPageUp: "menu-page-up", "one page up";
    CloseMenu: "close-menu", "close";
    ReadDown: "read-down", "scroll down";
    ReadUp: "read-up", "scroll up";
    ReadPageDown: "read-page-down", "one page down";
    ReadPageUp: "read-page-up", "one page up";
    ReadCopy: "read-copy", "copy the request ID, or all of it";
    CloseReading: "close-reading", "close";
    BulkNext: "bulk-next", "on: the next field, then the table";
    BulkHow: "bulk-how", "another way: template, replace, regex, tidy";
    BulkHowBack: "bulk-how-back", "the way before";
    BulkFieldDown: "bulk-field-down", "next field, or another way to tidy";
    BulkFieldUp: "bulk-field-up", "previous field";
    CloseBulk: "close-bulk", "one step back; nothing was sent";
    BulkApply: "bulk-apply", "apply: rename all that change";
    BulkSkip: "bulk-skip", "leave this row alone, or not";
    BulkDown: "bulk-down", "next row";
    BulkUp: "bulk-up", "previous row";
    BulkPageDown: "bulk-page-down", "one page down";
    BulkPageUp: "bulk-page-up", "one page up";
    BulkTop: "bulk-top", "first row";
    BulkBottom: "bulk-bottom", "last row";
    BatchStop: "batch-stop", "stop; what is not on its way is not sent";
    BatchRetry: "batch-retry", "what failed or was stopped, once more";
    BatchUndo: "batch-undo", "take all of it back";
    CloseBatch: "close-batch", "back to the list; it goes on";
}
