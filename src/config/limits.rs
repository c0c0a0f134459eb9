//! What clients may take of a server: every bound that an operator can want to change, with its unit as the last word of its
//! name. One that makes no sense is refused when the program starts.

use std::error::Error;
use std::ops::RangeInclusive;

use clap::Args;
use clap::builder::RangedU64ValueParser;

use crate::http::quotas::QuotaLimits;
use crate::http::serve::ConnectionLimits;
use crate::http::transport::TransportLimits;

const TRANSPORT: TransportLimits = TransportLimits::DEFAULT;
const QUOTAS: QuotaLimits = QuotaLimits::DEFAULT;
const CONNECTIONS: ConnectionLimits = ConnectionLimits::DEFAULT;
/// The greatest depth: every field of it may be in a fragment, and all of them are within the bound on selections.
const DEPTH_FIELDS_GREATEST: u64 = TRANSPORT.nested_selections_max as u64 / 2;
/// The greatest of what counts things: far beyond what one server can do.
const MANY: u64 = 1_000_000;

/// What clients may take of a server.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Limits")]
pub struct LimitsArgs {
    /// The longest GraphQL document, in bytes.
    #[arg(long, env = "MUSTER_DOCUMENT_BYTES_MAX", default_value_t = TRANSPORT.document_bytes_max,
        value_parser = within::<usize>(1_024..=1 << 20))]
    pub document_bytes_max: usize,
    /// The most words, numbers, strings and punctuation marks of a document.
    #[arg(long, env = "MUSTER_DOCUMENT_TOKENS_MAX", default_value_t = TRANSPORT.document_tokens_max,
        value_parser = within::<usize>(100..=100_000))]
    pub document_tokens_max: usize,
    /// The most selections of a document (or of all documents in a list) once its fragments are spread.
    #[arg(long, env = "MUSTER_SELECTIONS_MAX", default_value_t = TRANSPORT.selections_max,
        value_parser = within::<usize>(100..=100_000))]
    pub selections_max: usize,
    /// How deep fields may be nested; introspection is exempt.
    #[arg(long, env = "MUSTER_DEPTH_FIELDS_MAX", default_value_t = TRANSPORT.depth_fields_max,
        value_parser = within::<usize>(1..=DEPTH_FIELDS_GREATEST))]
    pub depth_fields_max: usize,
    /// The most aliases of a document. A field with arguments or selections that is asked for again of the same object counts as
    /// one, and so does any field that is again in the same selection.
    #[arg(long, env = "MUSTER_ALIASES_MAX", default_value_t = TRANSPORT.aliases_max,
        value_parser = within::<usize>(1..=10_000))]
    pub aliases_max: usize,
    /// The most directives of a document.
    #[arg(long, env = "MUSTER_DIRECTIVES_MAX", default_value_t = TRANSPORT.directives_max,
        value_parser = within::<usize>(1..=10_000))]
    pub directives_max: usize,
    /// The most directives at one place of a document.
    #[arg(long, env = "MUSTER_DIRECTIVES_AT_ONE_PLACE_MAX", default_value_t = TRANSPORT.directives_at_one_place_max,
        value_parser = within::<usize>(1..=1_000))]
    pub directives_at_one_place_max: usize,
    /// The most nodes that an operation (or a list of operations) may ask for: pages inside of pages multiply.
    #[arg(long, env = "MUSTER_NODES_MAX", default_value_t = TRANSPORT.nodes_max,
        value_parser = within::<u64>(200..=10 * MANY))]
    pub nodes_max: u64,
    /// What the variables of an operation may come to, in bytes and values, each counted as often as it is used.
    #[arg(long, env = "MUSTER_VARIABLES_BYTES_MAX", default_value_t = TRANSPORT.variables_bytes_max,
        value_parser = within::<usize>(1_024..=64 << 20))]
    pub variables_bytes_max: usize,
    /// The most operations that one request may bring as a list; 1 takes no lists.
    #[arg(long, env = "MUSTER_BATCH_OPERATIONS_MAX", default_value_t = TRANSPORT.batch_operations_max,
        value_parser = within::<usize>(1..=10))]
    pub batch_operations_max: usize,
    /// The longest body of a request without a file, in bytes.
    #[arg(long, env = "MUSTER_BODY_BYTES_MAX", default_value_t = TRANSPORT.body_bytes_max,
        value_parser = within::<usize>(16 << 10..=64 << 20))]
    pub body_bytes_max: usize,
    /// How long a request may take to arrive (its file apart), and a query to be answered, in seconds.
    #[arg(long, env = "MUSTER_REQUEST_SECONDS", default_value_t = TRANSPORT.request_seconds,
        value_parser = within::<u64>(1..=3_600))]
    pub request_seconds: u64,
    /// How long a file may stand still while it is uploaded, in seconds.
    #[arg(long, env = "MUSTER_FILE_IDLE_SECONDS", default_value_t = TRANSPORT.file_idle_seconds,
        value_parser = within::<u64>(1..=3_600))]
    pub file_idle_seconds: u64,
    /// How long the upload of a file may take altogether, in seconds.
    #[arg(long, env = "MUSTER_FILE_SECONDS_MAX", default_value_t = TRANSPORT.file_seconds_max,
        value_parser = within::<u64>(1..=TRANSPORT.file_seconds_max))]
    pub file_seconds_max: u64,
    /// The longest message of a client over a WebSocket, in bytes.
    #[arg(long, env = "MUSTER_FRAME_BYTES_MAX", default_value_t = TRANSPORT.frame_bytes_max,
        value_parser = within::<usize>(4 << 10..=1 << 20))]
    pub frame_bytes_max: usize,
    /// The most operations at work on one WebSocket.
    #[arg(long, env = "MUSTER_SUBSCRIPTIONS_PER_SOCKET_MAX", default_value_t = TRANSPORT.subscriptions_per_socket_max,
        value_parser = within::<usize>(1..=10_000))]
    pub subscriptions_per_socket_max: usize,
    /// How long a new WebSocket may take to say who it is, in seconds.
    #[arg(long, env = "MUSTER_CONNECTION_INIT_SECONDS", default_value_t = TRANSPORT.connection_init_seconds,
        value_parser = within::<u64>(1..=300))]
    pub connection_init_seconds: u64,
    /// How often a WebSocket is pinged, and an event stream gets a comment, in seconds.
    #[arg(long, env = "MUSTER_KEEPALIVE_SECONDS", default_value_t = TRANSPORT.keepalive_seconds,
        value_parser = within::<u64>(1..=300))]
    pub keepalive_seconds: u64,
    /// The most WebSockets and event streams of this server …
    #[arg(long, env = "MUSTER_CONNECTIONS_MAX", default_value_t = TRANSPORT.connections_max,
        value_parser = within::<usize>(1..=MANY))]
    pub connections_max: usize,
    /// … and those of one tenant.
    #[arg(long, env = "MUSTER_CONNECTIONS_PER_TENANT_MAX", default_value_t = QUOTAS.connections_per_tenant_max,
        value_parser = within::<usize>(1..=MANY))]
    pub connections_per_tenant_max: usize,
    /// The most TCP connections; more wait. The process has to be allowed as many open files, and some more.
    #[arg(long, env = "MUSTER_TCP_CONNECTIONS_MAX", default_value_t = CONNECTIONS.tcp_connections_max,
        value_parser = within::<usize>(1..=MANY))]
    pub tcp_connections_max: usize,
    /// How long a connection may take to send the headers of a request, and so how long it may be idle before, in seconds.
    #[arg(long, env = "MUSTER_HEAD_SECONDS", default_value_t = CONNECTIONS.head_seconds,
        value_parser = within::<u64>(1..=3_600))]
    pub head_seconds: u64,
    /// How long a client may take nothing of what it is sent, in seconds.
    #[arg(long, env = "MUSTER_WRITE_SECONDS", default_value_t = CONNECTIONS.write_seconds,
        value_parser = within::<u64>(1..=3_600))]
    pub write_seconds: u64,
    /// Operations of one user in a second, on average: ten times as many may come at once. 0 does not count.
    #[arg(long, env = "MUSTER_USER_OPERATIONS_PER_SECOND", default_value_t = QUOTAS.user_operations_per_second,
        value_parser = within::<u32>(0..=MANY))]
    pub user_operations_per_second: u32,
    /// Operations of one tenant in a second, likewise.
    #[arg(long, env = "MUSTER_TENANT_OPERATIONS_PER_SECOND", default_value_t = QUOTAS.tenant_operations_per_second,
        value_parser = within::<u32>(0..=MANY))]
    pub tenant_operations_per_second: u32,
    /// Operations of one tenant that are at work at once: so many queries, events of subscriptions among them, and as many
    /// mutations. More wait, and that counts as their time. 0 does not count.
    #[arg(long, env = "MUSTER_TENANT_OPERATIONS_AT_ONCE", default_value_t = QUOTAS.tenant_operations_at_once,
        value_parser = within::<usize>(0..=10_000))]
    pub tenant_operations_at_once: usize,
    /// Uploads of one tenant in a minute, on average: as many may come at once. 0 does not count.
    #[arg(long, env = "MUSTER_TENANT_UPLOADS_PER_MINUTE", default_value_t = QUOTAS.tenant_uploads_per_minute,
        value_parser = within::<u32>(0..=MANY))]
    pub tenant_uploads_per_minute: u32,
    /// The most uploads that are under way at once, each of which may hold 15 MiB of its file in memory …
    #[arg(long, env = "MUSTER_UPLOADS_AT_ONCE_MAX", default_value_t = QUOTAS.uploads_at_once_max,
        value_parser = within::<usize>(1..=MANY))]
    pub uploads_at_once_max: usize,
    /// … and those of one tenant.
    #[arg(long, env = "MUSTER_UPLOADS_AT_ONCE_PER_TENANT_MAX", default_value_t = QUOTAS.uploads_at_once_per_tenant_max,
        value_parser = within::<usize>(1..=MANY))]
    pub uploads_at_once_per_tenant_max: usize,
}

/// Takes a whole number in this range, and says so of any other.
pub(super) fn within<T>(range: RangeInclusive<u64>) -> RangedU64ValueParser<T>
where
    T: TryFrom<u64>,
    T::Error: Into<Box<dyn Error + Send + Sync>>,
{
    RangedU64ValueParser::new().range(range)
}

impl LimitsArgs {
    /// As the transport needs it, for files of so many bytes.
    #[must_use]
    pub fn transport(&self, file_bytes_max: u64) -> TransportLimits {
        TransportLimits {
            file_bytes_max,
            document_bytes_max: self.document_bytes_max,
            document_tokens_max: self.document_tokens_max,
            selections_max: self.selections_max,
            depth_fields_max: self.depth_fields_max,
            aliases_max: self.aliases_max,
            directives_max: self.directives_max,
            directives_at_one_place_max: self.directives_at_one_place_max,
            nodes_max: self.nodes_max,
            variables_bytes_max: self.variables_bytes_max,
            batch_operations_max: self.batch_operations_max,
            body_bytes_max: self.body_bytes_max,
            request_seconds: self.request_seconds,
            file_idle_seconds: self.file_idle_seconds,
            file_seconds_max: self.file_seconds_max,
            frame_bytes_max: self.frame_bytes_max,
            subscriptions_per_socket_max: self.subscriptions_per_socket_max,
            connection_init_seconds: self.connection_init_seconds,
            keepalive_seconds: self.keepalive_seconds,
            connections_max: self.connections_max,
            ..TransportLimits::DEFAULT
        }
    }

    /// As the gate needs it.
    #[must_use]
    pub fn quotas(&self) -> QuotaLimits {
        QuotaLimits {
            user_operations_per_second: self.user_operations_per_second,
            tenant_operations_per_second: self.tenant_operations_per_second,
            tenant_uploads_per_minute: self.tenant_uploads_per_minute,
            uploads_at_once_max: self.uploads_at_once_max,
            uploads_at_once_per_tenant_max: self.uploads_at_once_per_tenant_max,
            tenant_operations_at_once: self.tenant_operations_at_once,
            connections_per_tenant_max: self.connections_per_tenant_max,
        }
    }

    /// As the server needs it.
    #[must_use]
    pub fn connections(&self) -> ConnectionLimits {
        ConnectionLimits {
            tcp_connections_max: self.tcp_connections_max,
            head_seconds: self.head_seconds,
            write_seconds: self.write_seconds,
        }
    }
}
