//! The GraphQL multipart request specification, for one file in one variable.
//!
//! The parts come in order: `operations`, `map`, the file. When the file begins, the operation is
//! known, guarded and allowed, so it runs at once, and the file is fed to its resolver while it
//! comes in: nothing is put aside, in memory or on disk.

mod body;
mod feed;
mod file_name;
mod headers;
mod map;

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use futures_util::TryStreamExt;
use multer::{Field, Multipart};
use poem::{Body, Response, http::StatusCode};

use self::{body::Meter, feed::Feed, headers::HeaderCleaner};
use super::{
    RequestId, answer,
    executor::Executor,
    gate::{Gate, Place},
    media::Media,
    operation::{Core, Operation},
    params::Params,
    refusal::{Code, Refusal},
    too_slow,
};
use crate::files::uploads::Uploads;

/// The longest boundary of RFC 2046.
const BOUNDARY_BYTES_MAX: usize = 70;
/// Room for the headers of the parts before the file's bytes, and for what is read ahead of them.
const PART_HEADERS_BYTES_MAX: u64 = 64 * 1024;
/// Room after a file that is too large, so that the program refuses it and not the transport.
const BEYOND_FILE_BYTES: u64 = 1024 * 1024;

/// Answers a multipart request.
pub(super) async fn answer<S: Executor, G: Gate>(
    core: &Arc<Core<S, G>>,
    session: &G::Session,
    id: &RequestId,
    media: Media,
    content_type: &str,
    body: Body,
) -> Result<Response, Refusal> {
    let boundary = multer::parse_boundary(content_type)
        .ok()
        .filter(|boundary| boundary.len() <= BOUNDARY_BYTES_MAX)
        .ok_or_else(|| Refusal::malformed("The boundary of the multipart body is missing or too long."))?;
    let limits = &core.limits;
    let preamble_bytes_max =
        (limits.operations_part_bytes_max + limits.map_part_bytes_max) as u64 + PART_HEADERS_BYTES_MAX;
    let meter = Meter::new(preamble_bytes_max);
    let mut cleaner = HeaderCleaner::new(&boundary);
    let body = body::Metered::new(body.into_bytes_stream(), meter.clone());
    let mut parts = Multipart::new(body.map_ok(move |chunk| cleaner.clean(chunk)), boundary);
    let arriving = arrive(core, session, id, &mut parts, &meter);
    let arrived =
        tokio::time::timeout(limits.request_time(), arriving).await.unwrap_or_else(|_| Err(too_slow()));
    let (mut operation, file) = match arrived {
        Ok(arrived) => arrived,
        Err(refusal) => {
            tokio::spawn(feed::drain(parts, meter, limits.clone()));
            return Err(refusal);
        }
    };
    if let Some((part, place)) = file {
        meter.allow(limits.file_bytes_max.saturating_add(BEYOND_FILE_BYTES));
        let (feed, file) = Feed::new(file_name::of(&part));
        // The place goes with the operation, which goes on when the client has left.
        operation.request = operation.request.data(Uploads::new(file)).data(place);
        operation.has_file = true;
        // A task of its own: if this handler is cancelled, the resolver must not take the end of
        // the channel for the end of the file.
        tokio::spawn(feed.run(parts, part, meter, limits.clone()));
    }
    let response = core.run(operation, session, id).await?;
    Ok(answer::executed(&response, media))
}

/// Everything before the bytes of the file: the operation, and the part that the file is in.
async fn arrive<S: Executor, G: Gate>(
    core: &Core<S, G>,
    session: &G::Session,
    id: &RequestId,
    parts: &mut Multipart<'static>,
    meter: &Meter,
) -> Result<(Operation, Option<(Field<'static>, Place)>), Refusal> {
    let limits = &core.limits;
    let operations = small_part(parts, meter, "operations", limits.operations_part_bytes_max).await?;
    let mut params = Params::from_json(&operations)?;
    let map = small_part(parts, meter, "map", limits.map_part_bytes_max).await?;
    let entry = map::read(&map)?;
    if let Some(entry) = &entry {
        map::place(&mut params.variables, &entry.path)?;
    }
    let operation = admit(core, params, session)?;
    let Some(entry) = entry else { return Ok((operation, None)) };
    if operation.kind != OperationType::Mutation {
        return Err(Refusal::malformed("Only a mutation takes a file."));
    }
    if !core.gate.may_upload(session) {
        let sentence = "You may not upload files.";
        core.gate.refused(Some(session), id, sentence);
        return Err(Refusal::transport(StatusCode::FORBIDDEN, Code::Forbidden, sentence));
    }
    let place = core.gate.begin_upload(session).ok_or_else(|| Refusal::too_many_at_once("uploads"))?;
    core.gate.admit_upload(session).map_err(|wait| Refusal::too_often("uploads", wait))?;
    match next_part(parts, meter).await? {
        Some(file) if file.name() == Some(&entry.name) => Ok((operation, Some((file, place)))),
        Some(_) => Err(Refusal::malformed("The part after `map` must be the file that `map` names.")),
        None => Err(Refusal::malformed("`map` names a file, and none came.")),
    }
}

/// As for any request; a subscription is answered by its own ways only.
fn admit<S: Executor, G: Gate>(
    core: &Core<S, G>,
    params: Params,
    session: &G::Session,
) -> Result<Operation, Refusal> {
    let operation = core.admit(params, session)?;
    if operation.kind == OperationType::Subscription {
        return Err(Refusal::malformed("A subscription does not come as multipart/form-data."));
    }
    Ok(operation)
}

async fn next_part(parts: &mut Multipart<'static>, meter: &Meter) -> Result<Option<Field<'static>>, Refusal> {
    parts.next_field().await.map_err(|_| broken(meter))
}

/// The whole of the next part, which must have this name.
async fn small_part(
    parts: &mut Multipart<'static>,
    meter: &Meter,
    name: &str,
    bytes_max: usize,
) -> Result<Vec<u8>, Refusal> {
    let part = next_part(parts, meter).await?.filter(|part| part.name() == Some(name));
    let Some(mut part) = part else {
        return Err(Refusal::malformed(format!(
            "The part `{name}` is missing here: `operations`, `map`, the file."
        )));
    };
    if part.content_type().is_some_and(|mime| mime.type_() == "multipart") {
        return Err(Refusal::malformed(format!("The part `{name}` must be JSON.")));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = part.chunk().await.map_err(|_| broken(meter))? {
        if bytes.len() + chunk.len() > bytes_max {
            return Err(Refusal::too_large(format!("The part `{name}` is longer than {bytes_max} bytes.")));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn broken(meter: &Meter) -> Refusal {
    match meter.is_spent() {
        true => Refusal::too_large("What comes before the file is too long."),
        false => Refusal::malformed("The multipart body is malformed or broke off."),
    }
}
