//! The endpoint as a part of an axum server.

use ::axum::Router;

use super::options::Options;
use crate::listener::ServeError;
use crate::respond::Responder;

impl Options {
    /// A router with every URL of the endpoint, to be merged into a server's own or served by itself. No layer may compress what it
    /// answers.
    ///
    /// # Errors
    /// When [`Heap`](crate::Heap) isn't the program's allocator, the token can't be had, or there is neither a token nor
    /// [`without_authentication`](Self::without_authentication): the router can't know from where requests come.
    ///
    /// # Example
    /// ```
    /// #[global_allocator]
    /// static HEAP: memgate_live::Heap = memgate_live::Heap::system();
    ///
    /// fn main() -> Result<(), memgate_live::ServeError> {
    ///     let live = memgate_live::Options::new().token("sesame").router()?;
    ///     let service: axum::Router = axum::Router::new().merge(live);
    ///     # drop(service);
    ///     Ok(())
    /// }
    /// ```
    pub fn router<S: Clone + Send + Sync + 'static>(self) -> Result<Router<S>, ServeError> {
        let service = self.service()?;
        let mut router = Router::new();
        for path in Responder::ROUTES {
            router = router.route_service(path, service.clone());
        }
        Ok(router)
    }
}
