//! GraphQL over WebSocket: the protocol `graphql-transport-ws`, all rules of its PROTOCOL.md.
//!
//! One task reads the socket ([`socket`]), one more runs each operation ([`operation`]), and all of
//! them write to it ([`line`]); they end with the socket, except mutations, which run to their end.
//! Decisions that the protocol leaves to us: a refused or expired token closes with 4403 (the npm
//! client tries again, with a new token), shutting down and a client that no longer answers with
//! 1001, too many or too slow with 1013.

mod close;
mod line;
mod operation;
mod protocol;
mod socket;

use std::sync::Arc;

use poem::{
    FromRequest, IntoResponse, Request, Response,
    http::header,
    web::websocket::{WebSocket, WebSocketConfig},
};

use super::{
    RequestId,
    executor::Executor,
    gate::Gate,
    operation::{Core, unavailable},
    origin,
    refusal::Refusal,
    token,
};

const SUBPROTOCOL: &str = "graphql-transport-ws";

/// Turns a connection into a WebSocket.
pub(super) async fn upgrade<S: Executor, G: Gate>(
    core: &Arc<Core<S, G>>,
    request: Request,
    id: &RequestId,
) -> Result<Response, Refusal> {
    let offered = request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL);
    let speaks_ours = offered
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|protocol| protocol.trim() == SUBPROTOCOL);
    if !speaks_ours {
        return Err(Refusal::malformed("The WebSocket must speak graphql-transport-ws."));
    }
    // Any page can have a browser open a socket here: with a token that is a reverse proxy's, it would be let in.
    let header_token = token::from_headers(request.headers())?
        .filter(|_| !origin::is_foreign(request.headers()))
        .map(str::to_owned);
    let origin = origin::of(request.headers());
    let permit = core.connections.clone().try_acquire_owned().map_err(|_| unavailable("Try again later."))?;
    let (request, mut body) = request.split();
    let socket = WebSocket::from_request(&request, &mut body)
        .await
        .map_err(|_| Refusal::malformed("This is not an upgrade to a WebSocket."))?;
    let limits = &core.limits;
    let mut config = WebSocketConfig::default();
    // The buffer is allocated for every socket, however quiet.
    config.read_buffer_size = limits.socket_buffer_bytes;
    config.write_buffer_size = 0;
    config.max_message_size = Some(limits.frame_bytes_max);
    config.max_frame_size = Some(limits.frame_bytes_max);
    let (core, id) = (core.clone(), id.clone());
    // From here on, as the connection is no longer one that the server waits for.
    let open = core.sockets.token();
    Ok(socket
        .protocols([SUBPROTOCOL])
        .config(config)
        .on_upgrade(move |stream| async move {
            socket::serve(core, stream, header_token, origin, id).await;
            drop((permit, open));
        })
        .into_response())
}
