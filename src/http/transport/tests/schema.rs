//! A small schema that shows what the transport did.

use async_graphql::{
    Context, Error, ErrorExtensions, InputObject, InputValueError, Object, Request, Response, Result, Scalar,
    ScalarType, Schema, SimpleObject, Subscription, Value,
};
use futures_util::{Stream, StreamExt, stream, stream::BoxStream};
use tokio::sync::Semaphore;

use super::{RequestId, Session};
use crate::files::uploads::Uploads;
use crate::http::transport::{Answer, Executor, TransportLimits};

pub(super) type TestSchema = Schema<Query, Mutation, Subscriptions>;

impl Executor for TestSchema {
    async fn execute(&self, request: Request) -> Response {
        self.execute(request).await
    }

    fn subscribe(&self, request: Request) -> BoxStream<'static, Answer> {
        let responses = self.execute_stream(request);
        responses.map(|response| Answer::of(response, &TransportLimits::DEFAULT)).boxed()
    }
}

pub(super) fn schema() -> TestSchema {
    let schema = Schema::build(Query, Mutation, Subscriptions);
    schema.limit_recursive_depth(crate::graphql::NESTED_SELECTIONS_MAX).finish()
}

pub(super) struct Query;

#[Object]
impl Query {
    async fn hello(&self) -> &str {
        "world"
    }

    async fn echo(&self, text: String) -> String {
        text
    }

    async fn add(&self, a: i32, b: i32) -> i32 {
        a + b
    }

    async fn who(&self, context: &Context<'_>) -> Result<String> {
        Ok(context.data::<Session>()?.0.clone())
    }

    async fn request_id(&self, context: &Context<'_>) -> Result<String> {
        Ok(context.data::<RequestId>()?.0.clone())
    }

    async fn again(&self) -> Self {
        Self
    }

    async fn forbidden(&self) -> Result<i32> {
        Err(Error::new("No.").extend_with(|_, values| values.set("code", "FORBIDDEN")))
    }

    async fn panics(&self, context: &Context<'_>) -> i32 {
        *context.data_unchecked::<i32>()
    }

    async fn never(&self) -> i32 {
        std::future::pending().await
    }

    async fn things(&self, first: u8) -> Vec<Self> {
        (0..first).map(|_| Self).collect()
    }

    async fn name(&self) -> &str {
        "thing"
    }

    async fn wait(&self, milliseconds: u64) -> u64 {
        tokio::time::sleep(std::time::Duration::from_millis(milliseconds)).await;
        milliseconds
    }
}

struct Upload;

#[Scalar]
impl ScalarType for Upload {
    fn parse(value: Value) -> Result<Self, InputValueError<Self>> {
        (value == Value::from("upload")).then_some(Self).ok_or_else(|| "not an upload".into())
    }

    fn to_value(&self) -> Value {
        Value::Null
    }
}

#[derive(InputObject)]
struct UploadInput {
    file: Upload,
    note: Option<String>,
}

/// What came of a file.
#[derive(SimpleObject)]
struct Uploaded {
    name: Option<String>,
    bytes: u64,
    sum: u64,
    interrupted: bool,
}

/// Each permit lets one mutation through, in the order in which they came. One test has it for itself.
pub(super) static DOOR: Semaphore = Semaphore::const_new(0);
/// A permit for each mutation that came there.
pub(super) static AT_THE_DOOR: Semaphore = Semaphore::const_new(0);

pub(super) struct Mutation;

#[Object]
impl Mutation {
    async fn set(&self, n: i32) -> i32 {
        n
    }

    /// Ends when somebody opens the door.
    async fn wait(&self) -> Result<i32> {
        AT_THE_DOOR.add_permits(1);
        DOOR.acquire().await?.forget();
        Ok(1)
    }

    /// Reads a file, but no more than `most` bytes.
    async fn upload(&self, context: &Context<'_>, input: UploadInput, most: Option<u64>) -> Result<Uploaded> {
        let _ = (input.file, input.note);
        let uploads = context.data_opt::<Uploads>().ok_or("no file came")?;
        let mut file = uploads.take().ok_or("the file is taken")?;
        let mut uploaded = Uploaded { name: file.name, bytes: 0, sum: 0, interrupted: false };
        while uploaded.bytes <= most.unwrap_or(u64::MAX) {
            match file.chunks.recv().await {
                None => break,
                Some(Ok(chunk)) => {
                    uploaded.bytes += chunk.len() as u64;
                    uploaded.sum += chunk.iter().map(|byte| u64::from(*byte)).sum::<u64>();
                }
                Some(Err(_)) => uploaded.interrupted = true,
            }
        }
        Ok(uploaded)
    }

    /// Takes a file, and never reads it.
    async fn hold(&self, context: &Context<'_>, input: UploadInput) -> Result<i32> {
        let _ = input.file;
        let _file = context.data_opt::<Uploads>().and_then(Uploads::take).ok_or("no file came")?;
        std::future::pending().await
    }
}

pub(super) struct Subscriptions;

#[Subscription]
impl Subscriptions {
    async fn count(&self, to: i32) -> impl Stream<Item = i32> {
        stream::iter(1..=to)
    }

    async fn say(&self, text: String) -> impl Stream<Item = String> {
        stream::once(async { text })
    }

    async fn never(&self) -> impl Stream<Item = i32> {
        stream::pending()
    }

    /// One word, and then nothing more.
    async fn once(&self) -> impl Stream<Item = i32> {
        stream::once(async { 1 }).chain(stream::pending())
    }

    async fn flood(&self) -> impl Stream<Item = String> {
        stream::repeat_with(|| "x".repeat(32 * 1024))
    }

    async fn panics(&self) -> impl Stream<Item = i32> {
        stream::once(async { panic!("i32") })
    }
}
