//! As whom the token writes.

use memgate_report::comment::{ExistingComment, Identity};
use serde::Deserialize;

use super::client::Client;
use super::resources::UserRow;
use crate::comment::CommentError;

/// Who `GITHUB_TOKEN` is in GitHub Actions.
const ACTIONS: &str = "github-actions[bot]";

/// Who it is in the Actions of Gitea and Forgejo, which let nobody register under these names.
const ACTIONS_OF_GITEA: [&str; 2] = ["gitea-actions", "forgejo-actions"];

const ACTION: &str = "find out whose the token is";

#[derive(Deserialize)]
struct Viewer {
    data: Option<ViewerData>,
}

#[derive(Deserialize)]
struct ViewerData {
    viewer: Option<ViewerLogin>,
}

#[derive(Deserialize)]
struct ViewerLogin {
    login: String,
}

/// Asks as whom the token writes.
///
/// GraphQL says so for every kind of token. Where it does not answer, as behind some proxies and on Gitea, REST does for a
/// user's token, and refuses for an app's, which then is taken for that of the server's Actions. `comments` are read already,
/// so the token itself is a good one.
pub(super) async fn identity(
    client: &mut Client,
    comments: &[ExistingComment],
) -> Result<Identity, CommentError> {
    match client.graphql::<Viewer>("query { viewer { login } }", ACTION).await {
        Ok(Viewer { data: Some(ViewerData { viewer: Some(ViewerLogin { login }) }) }) => {
            return Ok(Identity { login });
        }
        // Nothing else would work either.
        Err(
            error @ (CommentError::Unauthorized { .. }
            | CommentError::RateLimited { .. }
            | CommentError::Server { .. }
            | CommentError::Unreachable { .. }),
        ) => return Err(error),
        Ok(_) | Err(_) => {}
    }
    match client.get::<UserRow>("/user", ACTION).await {
        Ok(user) => Ok(Identity { login: user.login }),
        Err(
            CommentError::Forbidden { .. }
            | CommentError::NotFound { .. }
            | CommentError::NotApi { .. }
            | CommentError::Unauthorized { .. },
        ) => Ok(actions(client.is_gitea(), comments)),
        Err(error) => Err(error),
    }
}

/// Who a workflow's own token is.
fn actions(is_gitea: bool, comments: &[ExistingComment]) -> Identity {
    let identity = |login: &str| Identity { login: login.into() };
    if !is_gitea {
        return identity(ACTIONS);
    }
    let mut known = ACTIONS_OF_GITEA.into_iter().map(identity);
    let wrote = |identity: &Identity| comments.iter().any(|comment| identity.wrote(comment));
    known.find(wrote).unwrap_or_else(|| identity(ACTIONS_OF_GITEA[0]))
}
