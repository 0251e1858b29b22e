//! What a client is told when its request fails.
//!
//! Errors travel as response *extensions* and become a body only in
//! [`middleware::error_body`](crate::middleware), which knows the client's language and the
//! request's id. The cause goes to the log: clients never see paths or library messages.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use lorgnon_dataset::CollectionError;
use lorgnon_imaging::ImagingError;

use crate::backend::BackendError;
use crate::language::Language;
use crate::pool::PoolError;

/// An error as a client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    /// Stable, for programs.
    pub(crate) code: &'static str,
    french: String,
    english: String,
    headers: Vec<(header::HeaderName, HeaderValue)>,
}

/// The result of a handler.
pub(crate) type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    fn new(
        status: StatusCode,
        code: &'static str,
        french: impl Into<String>,
        english: impl Into<String>,
    ) -> Self {
        Self { status, code, french: french.into(), english: english.into(), headers: Vec::new() }
    }

    /// The sentence for people.
    pub(crate) fn message(&self, language: Language) -> &str {
        match language {
            Language::French => &self.french,
            Language::English => &self.english,
        }
    }

    pub(crate) fn method_not_allowed(allow: &'static str) -> Self {
        let mut error = Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "Méthode non autorisée",
            "Method not allowed",
        );
        error.headers.push((header::ALLOW, HeaderValue::from_static(allow)));
        error
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Adresse inconnue", "No such address")
    }

    pub(crate) fn look_not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "look_not_found", "Look inconnu", "No such look")
    }

    pub(crate) fn character_not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "character_not_found",
            "Aucun personnage trouvé dans l'image",
            "No character was found in the picture",
        )
    }

    pub(crate) fn picture_not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "picture_not_found", "Image inconnue", "No such picture")
    }

    pub(crate) fn drawing_not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "drawing_not_found",
            "Aucun look appris ne montre les couleurs de cette classe et de ce sexe",
            "No learned look shows the colours of this class and sex",
        )
    }

    pub(crate) fn image_missing() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "image_missing", "Image manquante", "Missing image")
    }

    pub(crate) fn body_invalid() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "body_invalid", "Requête illisible", "Unreadable request body")
    }

    pub(crate) fn query_invalid(name: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "query_invalid",
            format!("Valeur invalide pour « {name} »"),
            format!("Invalid value for `{name}`"),
        )
    }

    pub(crate) fn label_invalid(name: &str) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "label_invalid",
            format!("Étiquette invalide pour « {name} »"),
            format!("Invalid label for `{name}`"),
        )
    }

    pub(crate) fn labels_missing() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "labels_missing",
            "Aucune étiquette : donnez au moins une classe, un sexe, une couleur ou un objet",
            "No labels: give a class, a sex, a colour or an item at least",
        )
    }

    pub(crate) fn collection_missing() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "collection_missing",
            "Ce serveur ne collecte pas de looks",
            "This server collects no looks",
        )
    }

    pub(crate) fn icon_not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "icon_not_found",
            "Pas d'icône pour cet objet",
            "No icon of this item",
        )
    }

    pub(crate) fn k_invalid() -> Self {
        let most = crate::MAX_NEIGHBOURS;
        Self::new(
            StatusCode::BAD_REQUEST,
            "k_invalid",
            format!("k doit être un entier de 1 à {most}"),
            format!("k must be an integer from 1 to {most}"),
        )
    }

    pub(crate) fn image_encoding() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "image_encoding",
            "L'image n'est ni une data URL ni du base64",
            "The image is neither a data URL nor base64",
        )
    }

    pub(crate) fn content_type_unsupported() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "content_type_unsupported",
            "Type de contenu non pris en charge : envoyez du JSON, un formulaire multipart ou les octets d'une image",
            "Unsupported content type: send JSON, a multipart form or the bytes of an image",
        )
    }

    pub(crate) fn body_too_large() -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "image_too_large",
            "Image trop volumineuse",
            "The image has too many bytes",
        )
    }

    pub(crate) fn overloaded() -> Self {
        let mut error = Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "overloaded",
            "Serveur occupé, réessayez dans un instant",
            "Server busy, try again in a moment",
        );
        error.headers.push((header::RETRY_AFTER, HeaderValue::from_static("1")));
        error
    }

    /// `wait`: until the client may ask again.
    pub(crate) fn rate_limited(wait: Duration) -> Self {
        let mut error = Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "rate_limited",
            "Trop de demandes, réessayez dans un instant",
            "Too many requests, try again in a moment",
        );
        let whole_s = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        error.headers.push((header::RETRY_AFTER, HeaderValue::from(whole_s.max(1))));
        error
    }

    pub(crate) fn timed_out() -> Self {
        let mut error =
            Self::new(StatusCode::REQUEST_TIMEOUT, "timed_out", "Délai dépassé", "The request took too long");
        error.headers.push((header::CONNECTION, HeaderValue::from_static("close")));
        error
    }

    pub(crate) fn unauthorised() -> Self {
        let mut error = Self::new(
            StatusCode::UNAUTHORIZED,
            "token_required",
            "Jeton manquant ou invalide",
            "Missing or wrong token",
        );
        error.headers.push((header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")));
        error
    }

    pub(crate) fn forbidden() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "loopback_only",
            "Réservé à la machine du serveur tant qu'aucun jeton n'est configuré",
            "Only from the server's own machine as long as no token is configured",
        )
    }

    pub(crate) fn training_not_running() -> Self {
        Self::new(
            StatusCode::CONFLICT,
            "training_not_running",
            "Aucun entraînement en cours",
            "No training is running",
        )
    }

    /// The analysis itself failed or panicked.
    pub(crate) fn analysis_failed() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "analysis_failed",
            "Analyse impossible",
            "The analysis failed",
        )
    }

    /// Any other fault of ours.
    pub(crate) fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Erreur interne du serveur",
            "Internal server error",
        )
    }
}

impl From<ImagingError> for ApiError {
    fn from(error: ImagingError) -> Self {
        match error {
            ImagingError::NotAPicture => Self::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "image_unsupported",
                "Ce n'est pas une image (PNG, JPEG, WebP, GIF ou BMP)",
                "This is not an image (PNG, JPEG, WebP, GIF or BMP)",
            ),
            ImagingError::UnsupportedFormat { format } => Self::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "image_unsupported",
                format!("Format « {format} » non pris en charge (PNG, JPEG, WebP, GIF ou BMP)"),
                format!("Format `{format}` is not supported (PNG, JPEG, WebP, GIF or BMP)"),
            ),
            ImagingError::TooManyBytes { .. } => Self::body_too_large(),
            ImagingError::TooManyPixels { width, height, limit } => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "image_too_many_pixels",
                format!("Image trop grande : {width} × {height}, au plus {limit} pixels"),
                format!("Image too large: {width} × {height}, at most {limit} pixels"),
            ),
            ImagingError::Damaged(_) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "image_damaged",
                "Image endommagée",
                "The image is damaged",
            ),
            other @ (ImagingError::Encode(_) | _) => {
                tracing::error!(error = &other as &dyn std::error::Error, "picture could not be handled");
                Self::internal()
            }
        }
    }
}

impl From<BackendError> for ApiError {
    fn from(error: BackendError) -> Self {
        match error {
            BackendError::TrainingRuns => Self::new(
                StatusCode::CONFLICT,
                "training_running",
                "Un entraînement est déjà en cours",
                "A training is already running",
            ),
            BackendError::NoDataset => Self::new(
                StatusCode::CONFLICT,
                "dataset_missing",
                "Aucun jeu de données à entraîner",
                "There is no dataset to train on",
            ),
            BackendError::Failed { .. } => {
                tracing::error!(error = &error as &dyn std::error::Error, "request failed");
                Self::internal()
            }
        }
    }
}

impl From<CollectionError> for ApiError {
    fn from(error: CollectionError) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "the collection cannot be used");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "collection_unusable",
            "Les looks collectés ne peuvent être ni lus ni écrits : voyez le journal du serveur",
            "The collected looks can be neither read nor written: see the server's log",
        )
    }
}

impl From<PoolError> for ApiError {
    fn from(error: PoolError) -> Self {
        match error {
            PoolError::Full => Self::overloaded(),
            PoolError::Panicked => Self::internal(),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        for (name, value) in &self.headers {
            response.headers_mut().insert(name.clone(), value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}
