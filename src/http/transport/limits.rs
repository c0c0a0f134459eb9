//! Every bound of the transport, in one place.

use std::time::Duration;

const KIB: usize = 1024;

/// The bounds of the transport. The unit is the last word of each name.
#[derive(Debug, Clone)]
pub struct TransportLimits {
    /// Whether a document may ask what the schema is.
    pub introspection: bool,
    /// The text of a GraphQL document.
    pub document_bytes_max: usize,
    /// Brackets of any kind open at the same place of a document: the parser recurses on each.
    pub open_brackets_max: usize,
    /// Words, numbers, strings and punctuation of a document.
    pub document_tokens_max: usize,
    /// Selections after all fragments are spread; in a list of operations, of all together.
    pub selections_max: usize,
    /// Nesting of fields after all fragments are spread; introspection is exempt.
    pub depth_fields_max: usize,
    /// Nesting of selections of any kind, fragments among them, after all fragments are spread: fields may be nested half as deep
    /// with a fragment at each.
    pub nested_selections_max: usize,
    /// Aliases, and fields that are asked for again of the same object, after all fragments are spread. Plain fields (without
    /// arguments and selections) count only if they are again in the same selection: fragments of one page share them.
    pub aliases_max: usize,
    /// Directives at one place.
    pub directives_at_one_place_max: usize,
    /// Directives after all fragments are spread.
    pub directives_max: usize,
    /// Nodes that an operation may ask for, the pages inside of pages multiplied; in a list of operations, all together.
    /// Fifty of the largest pages: whoever needs more asks page by page.
    pub nodes_max: u64,
    /// What the variables of an operation come to, values and bytes, each as often as it is used: they are copied there. No
    /// less than a body has, so that whoever uses each once can send what fits.
    pub variables_bytes_max: usize,
    /// The variables of a subscription, values and bytes: they are kept as long as it lasts.
    pub subscription_variables_bytes_max: usize,
    /// Operations of one request; 1 takes no lists.
    pub batch_operations_max: usize,
    /// The body of a JSON request.
    pub body_bytes_max: usize,
    /// The `operations` part of a multipart request.
    pub operations_part_bytes_max: usize,
    /// The `map` part of a multipart request.
    pub map_part_bytes_max: usize,
    /// The largest file that the program takes. The program refuses a larger one itself, so the
    /// transport lets a mebibyte more through before it cuts the body.
    pub file_bytes_max: u64,
    /// How long a file may stand still.
    pub file_idle_seconds: u64,
    /// How long a file may take altogether.
    pub file_seconds_max: u64,
    /// What is still read of a file that nobody wants, so that a client that reads only after it
    /// has written can read the answer.
    pub drain_bytes_max: u64,
    /// How long that goes on.
    pub drain_seconds_max: u64,
    /// How long a request may take to arrive (files apart), and a query to be answered.
    pub request_seconds: u64,
    /// Errors in one answer.
    pub errors_max: usize,
    /// A sentence that may quote the client's own text.
    pub message_characters_max: usize,
    /// One message of a client over a WebSocket.
    pub frame_bytes_max: usize,
    /// Buffer for reading, allocated for each WebSocket.
    pub socket_buffer_bytes: usize,
    /// Operations at work on one WebSocket.
    pub subscriptions_per_socket_max: usize,
    /// The id that a client gives to an operation.
    pub operation_id_bytes_max: usize,
    /// WebSockets and event streams of this process.
    pub connections_max: usize,
    /// Until when a new WebSocket must send `connection_init`.
    pub connection_init_seconds: u64,
    /// How often a WebSocket is pinged and an event stream gets a comment. A WebSocket that says
    /// nothing from one ping to the next is closed.
    pub keepalive_seconds: u64,
    /// How long a WebSocket may refuse to take a message.
    pub send_seconds: u64,
    /// How long a closed WebSocket is kept for its client to read why.
    pub linger_seconds: u64,
    /// The reason in a close frame: what RFC 6455 leaves room for.
    pub close_reason_bytes_max: usize,
}

impl TransportLimits {
    /// What they are unless set.
    pub const DEFAULT: Self = Self {
        introspection: true,
        document_bytes_max: 16 * KIB,
        open_brackets_max: 64,
        document_tokens_max: 2_000,
        selections_max: 2_000,
        depth_fields_max: 12,
        nested_selections_max: crate::graphql::NESTED_SELECTIONS_MAX,
        aliases_max: 30,
        directives_at_one_place_max: 5,
        directives_max: 50,
        nodes_max: 10_000,
        variables_bytes_max: 1024 * KIB,
        subscription_variables_bytes_max: 4 * KIB,
        batch_operations_max: 1,
        body_bytes_max: 1024 * KIB,
        operations_part_bytes_max: 64 * KIB,
        map_part_bytes_max: 64 * KIB,
        file_bytes_max: 512 << 20,
        file_idle_seconds: 60,
        file_seconds_max: 4 * 3_600,
        drain_bytes_max: 64 << 20,
        drain_seconds_max: 30,
        request_seconds: 10,
        errors_max: 10,
        message_characters_max: 200,
        frame_bytes_max: 64 * KIB,
        socket_buffer_bytes: 4 * KIB,
        subscriptions_per_socket_max: 100,
        operation_id_bytes_max: 256,
        connections_max: 20_000,
        connection_init_seconds: 10,
        keepalive_seconds: 12,
        send_seconds: 10,
        linger_seconds: 1,
        close_reason_bytes_max: 123,
    };

    pub(super) fn request_time(&self) -> Duration {
        Duration::from_secs(self.request_seconds)
    }

    pub(super) fn keepalive(&self) -> Duration {
        Duration::from_secs(self.keepalive_seconds)
    }
}

impl Default for TransportLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}
