//! Pages for people.

use std::sync::Arc;

use clap::Args;

use crate::http::pages::{DemoAdmins, EmbedOrigin, Pages};

/// Pages for people.
#[derive(Debug, Clone, Args)]
pub struct PagesArgs {
    /// Whether there is a playground; the demo has one all the same.
    #[arg(long, env = "MUSTER_PLAYGROUND", default_value_t = false, action = clap::ArgAction::Set)]
    pub playground: bool,
    /// Whose pages may have the console in a frame and hand it a token: origins such as `https://intranet.example.org`,
    /// with commas between them.
    #[arg(long, env = "MUSTER_EMBED_ORIGINS", value_delimiter = ',')]
    pub embed_origins: Vec<EmbedOrigin>,
}

impl PagesArgs {
    /// As the routes need it. Only the demo has `demo_admins`.
    #[must_use]
    pub fn pages(&self, demo_admins: Option<Arc<DemoAdmins>>) -> Pages {
        Pages { playground: self.playground, embed_origins: self.embed_origins.clone(), demo_admins }
    }
}
