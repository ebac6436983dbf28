//! As whom the token writes.

use serde::Deserialize;

use super::client::Client;
use super::resources::UserRow;
use crate::comment::{CommentError, Identity};

/// Who `GITHUB_TOKEN` is in GitHub Actions.
const ACTIONS: &str = "github-actions[bot]";

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
/// GraphQL says so for every kind of token. Where it does not answer, as behind some proxies, REST does for a user's
/// token, and refuses for an app's, which then is taken for that of GitHub Actions.
pub(super) async fn identity(client: &mut Client) -> Result<Identity, CommentError> {
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
        Err(CommentError::Forbidden { .. } | CommentError::NotFound { .. }) => {
            Ok(Identity { login: ACTIONS.into() })
        }
        Err(error) => Err(error),
    }
}
