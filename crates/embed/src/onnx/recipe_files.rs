//! The files in which models describe their preparation.
//!
//! The Hugging Face libraries changed their words over the years; what a field means where it is
//! missing depends on the class that would read it. Fields that this program does not follow are
//! refused, never passed over.

use std::path::{Path, PathBuf};

use lorgnon_imaging::Resampling;
use serde_json::{Map, Value};

use super::ModelError;
use super::recipe::{Recipe, Resize};

/// Families whose exports have no token that stands for the whole picture.
const WITHOUT_CLASS_TOKEN: [&str; 5] = ["siglip", "siglip_vision_model", "siglip2", "swin", "swinv2"];

/// See [`Recipe::read`].
pub(super) fn read(folder: &Path) -> Result<Recipe, ModelError> {
    let config_path = folder.join("config.json");
    let config = json(&config_path)?;
    let path = folder.join("preprocessor_config.json");
    let mut recipe = match json(&path)? {
        Some(fields) => Description { path, fields }.hugging_face()?,
        None => {
            let timm = config.as_ref().and_then(|config| config.get("pretrained_cfg")?.as_object().cloned());
            let Some(fields) = timm else {
                let what = "the file is missing, and `config.json` has no `pretrained_cfg`".to_owned();
                return Err(ModelError::Recipe { path, what });
            };
            Description { path: config_path, fields }.timm()?
        }
    };
    let family = config.as_ref().and_then(|config| config.get("model_type")?.as_str());
    recipe.class_token = family.is_none_or(|family| !WITHOUT_CLASS_TOKEN.contains(&family));
    Ok(recipe)
}

/// A JSON object, if the file is there.
fn json(path: &Path) -> Result<Option<Map<String, Value>>, ModelError> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ModelError::Io { path: path.to_owned(), source }),
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| ModelError::Recipe {
        path: path.to_owned(),
        what: format!("it is no JSON object: {error}"),
    })
}

/// A file's fields, and its name for complaints.
struct Description {
    path: PathBuf,
    fields: Map<String, Value>,
}

impl Description {
    /// `preprocessor_config.json`.
    fn hugging_face(&self) -> Result<Recipe, ModelError> {
        let class = ["image_processor_type", "feature_extractor_type"]
            .into_iter()
            .find_map(|field| self.fields.get(field)?.as_str())
            .unwrap_or_default();
        let named = |names: &[&str]| names.iter().any(|name| class.starts_with(name));
        for unknown in [
            "do_pad",
            "do_thumbnail",
            "do_image_splitting",
            "max_num_patches",
            "include_top",
            "rescale_offset",
        ] {
            if self
                .fields
                .get(unknown)
                .is_some_and(|value| !matches!(value, Value::Null | Value::Bool(false)))
            {
                return Err(self.wrong(unknown, "this program does not prepare pictures so"));
            }
        }
        let crop = if self.flag("do_center_crop", named(&["CLIP", "Bit", "DeiT", "MobileNet"]))? {
            let crop = self.fields.get("crop_size").or_else(|| self.fields.get("size"));
            Some(self.rectangle("crop_size", crop)?)
        } else {
            None
        };
        let mut recipe = Recipe {
            resize: Resize::Keep,
            resampling: self.resampling(named(&["ViT", "ConvNext", "MobileNet", "MobileViT"]))?,
            crop,
            scale: if self.flag("do_rescale", true)? {
                self.number("rescale_factor", 1.0 / 255.0)?
            } else {
                1.0
            },
            mean: [0.0; 3],
            deviation: [1.0; 3],
            blue_first: self.flag("do_flip_channel_order", false)?,
            class_token: true,
        };
        if self.flag("do_normalize", true)? {
            recipe.mean = self.triple("image_mean")?;
            recipe.deviation = self.deviation("image_std")?;
        }
        if self.flag("do_resize", true)? {
            self.resize(&mut recipe, named(&["CLIP", "Bit", "ConvNext", "MobileNet"]))?;
        }
        Ok(recipe)
    }

    /// `size`: a number, an edge or a rectangle; `shortest` says what a number means.
    fn resize(&self, recipe: &mut Recipe, shortest: bool) -> Result<(), ModelError> {
        let size = self.fields.get("size").ok_or_else(|| self.wrong("size", "it is missing"))?;
        let edge = size.get("shortest_edge").or_else(|| Some(size).filter(|size| shortest && size.is_u64()));
        let Some(edge) = edge else {
            let (width, height) = self.rectangle("size", Some(size))?;
            recipe.resize = Resize::Exact(width, height);
            return Ok(());
        };
        let edge = self.side("size", edge)?;
        recipe.resize = Resize::ShortestEdge(edge);
        // ConvNext's own: small pictures are resized larger and cut.
        let share = self.number("crop_pct", 0.0)?;
        if share > 0.0 && share <= 1.0 && recipe.crop.is_none() {
            let large = edge >= 384;
            recipe.resize = if large {
                Resize::Exact(edge, edge)
            } else {
                Resize::ShortestEdge((edge as f32 / share) as u32)
            };
            recipe.crop = (!large).then_some((edge, edge));
        }
        Ok(())
    }

    /// `pretrained_cfg` of timm: the shorter side to `side / crop_pct`, the middle, ImageNet's means.
    fn timm(&self) -> Result<Recipe, ModelError> {
        let size = self.fields.get("input_size").and_then(Value::as_array);
        let [Some(3), Some(height), Some(width)] =
            [0, 1, 2].map(|at| size.and_then(|size| size.get(at)?.as_u64()))
        else {
            return Err(self.wrong("pretrained_cfg.input_size", "it is not [3, height, width]"));
        };
        let side = |side: u64| {
            u32::try_from(side)
                .ok()
                .filter(|side| SIDES_PX.contains(side))
                .ok_or_else(|| self.wrong("pretrained_cfg.input_size", "a side is out of range"))
        };
        let (width, height) = (side(width)?, side(height)?);
        let share = self.number("crop_pct", 0.875)?;
        if !(share > 0.1 && share <= 1.0) {
            return Err(self.wrong("pretrained_cfg.crop_pct", "it is not a share"));
        }
        let resampling = match self.fields.get("interpolation").and_then(Value::as_str) {
            Some("bicubic") => Resampling::Bicubic,
            Some("bilinear") | None => Resampling::Bilinear,
            Some("nearest") => Resampling::Nearest,
            Some("lanczos") => Resampling::Lanczos,
            Some(_) => return Err(self.wrong("pretrained_cfg.interpolation", "it is no filter")),
        };
        Ok(Recipe {
            resize: Resize::ShortestEdge((width.min(height) as f32 / share) as u32),
            resampling,
            crop: Some((width, height)),
            scale: 1.0 / 255.0,
            mean: self.triple("mean")?,
            deviation: self.deviation("std")?,
            blue_first: false,
            class_token: true,
        })
    }

    fn resampling(&self, bilinear: bool) -> Result<Resampling, ModelError> {
        match self.fields.get("resample").map(Value::as_u64) {
            None => Ok(if bilinear { Resampling::Bilinear } else { Resampling::Bicubic }),
            Some(Some(0)) => Ok(Resampling::Nearest),
            Some(Some(1)) => Ok(Resampling::Lanczos),
            Some(Some(2)) => Ok(Resampling::Bilinear),
            Some(Some(3)) => Ok(Resampling::Bicubic),
            Some(_) => {
                Err(self
                    .wrong("resample", "it is none of 0 (nearest), 1 (Lanczos), 2 (bilinear), 3 (bicubic)"))
            }
        }
    }

    /// A square given by its side, or `{"height", "width"}`, as width and height.
    fn rectangle(&self, field: &str, value: Option<&Value>) -> Result<(u32, u32), ModelError> {
        let value = value.ok_or_else(|| self.wrong(field, "it is missing"))?;
        if let Some(edge) = value.get("shortest_edge").or(Some(value).filter(|value| value.is_u64())) {
            let side = self.side(field, edge)?;
            return Ok((side, side));
        }
        let side = |name: &str| self.side(field, value.get(name).unwrap_or(&Value::Null));
        Ok((side("width")?, side("height")?))
    }

    fn side(&self, field: &str, value: &Value) -> Result<u32, ModelError> {
        let side = value.as_u64().and_then(|side| u32::try_from(side).ok());
        side.filter(|side| SIDES_PX.contains(side)).ok_or_else(|| {
            self.wrong(field, &format!("{value} is no number of pixels from 1 to {}", SIDES_PX.end()))
        })
    }

    fn flag(&self, field: &str, missing: bool) -> Result<bool, ModelError> {
        match self.fields.get(field) {
            None | Some(Value::Null) => Ok(missing),
            Some(value) => value.as_bool().ok_or_else(|| self.wrong(field, "it is neither true nor false")),
        }
    }

    fn number(&self, field: &str, missing: f32) -> Result<f32, ModelError> {
        match self.fields.get(field) {
            None | Some(Value::Null) => Ok(missing),
            Some(value) => value
                .as_f64()
                .map(|number| number as f32)
                .filter(|number| number.is_finite())
                .ok_or_else(|| self.wrong(field, "it is no number")),
        }
    }

    fn triple(&self, field: &str) -> Result<[f32; 3], ModelError> {
        let numbers = self.fields.get(field).and_then(Value::as_array);
        let number = |at: usize| numbers.filter(|numbers| numbers.len() == 3)?.get(at)?.as_f64();
        match [number(0), number(1), number(2)] {
            [Some(red), Some(green), Some(blue)] => Ok([red, green, blue].map(|number| number as f32)),
            _ => Err(self.wrong(field, "it is not three numbers")),
        }
    }

    fn deviation(&self, field: &str) -> Result<[f32; 3], ModelError> {
        let deviation = self.triple(field)?;
        if deviation.iter().all(|number| *number > 0.0 && number.is_finite()) {
            Ok(deviation)
        } else {
            Err(self.wrong(field, "a deviation must be above zero"))
        }
    }

    fn wrong(&self, field: &str, what: &str) -> ModelError {
        ModelError::Recipe { path: self.path.clone(), what: format!("`{field}`: {what}") }
    }
}

/// Sides that a network may ask for.
const SIDES_PX: std::ops::RangeInclusive<u32> = 1..=4096;

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(preprocessor: Option<&str>, config: Option<&str>) -> Result<Recipe, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in [("preprocessor_config.json", preprocessor), ("config.json", config)] {
            if let Some(text) = text {
                std::fs::write(folder.path().join(name), text).unwrap();
            }
        }
        read(folder.path()).map_err(|error| error.to_string())
    }

    const MEANS: &str =
        r#""image_mean":[0.48145466,0.4578275,0.40821073],"image_std":[0.26862954,0.26130258,0.27577711]"#;

    #[test]
    fn clip_old_and_new_say_the_same() {
        let old = format!(
            r#"{{"feature_extractor_type":"CLIPFeatureExtractor","size":224,"crop_size":224,"do_center_crop":true,"resample":3,{MEANS}}}"#
        );
        let new = format!(
            r#"{{"image_processor_type":"CLIPImageProcessor","size":{{"shortest_edge":224}},"crop_size":{{"height":224,"width":224}},"do_center_crop":true,"rescale_factor":0.00392156862745098,"resample":3,{MEANS}}}"#
        );
        let read = recipe(Some(&old), None).unwrap();
        assert_eq!(read, recipe(Some(&new), None).unwrap());
        assert_eq!((read.resize, read.crop), (Resize::ShortestEdge(224), Some((224, 224))));
        assert_eq!((read.resampling, read.class_token), (Resampling::Bicubic, true));
    }

    #[test]
    fn siglip_is_squeezed_and_has_no_class_token() {
        let text = r#"{"image_processor_type":"SiglipImageProcessor","size":{"height":256,"width":256},"resample":2,"image_mean":[0.5,0.5,0.5],"image_std":[0.5,0.5,0.5]}"#;
        let read = recipe(Some(text), Some(r#"{"model_type":"siglip"}"#)).unwrap();
        assert_eq!((read.resize, read.crop, read.class_token), (Resize::Exact(256, 256), None, false));
        assert_eq!(read.resampling, Resampling::Bilinear);
    }

    #[test]
    fn mobileclip_does_not_normalise() {
        let text = r#"{"image_processor_type":"CLIPFeatureExtractor","do_normalize":false,"size":{"shortest_edge":256},"crop_size":{"height":256,"width":256}}"#;
        let read = recipe(Some(text), None).unwrap();
        assert_eq!((read.mean, read.deviation, read.crop), ([0.0; 3], [1.0; 3], Some((256, 256))));
    }

    #[test]
    fn timm_says_it_in_its_own_words() {
        let config = r#"{"pretrained_cfg":{"input_size":[3,224,224],"crop_pct":0.875,"interpolation":"bicubic","mean":[0.485,0.456,0.406],"std":[0.229,0.224,0.225]}}"#;
        let read = recipe(None, Some(config)).unwrap();
        assert_eq!((read.resize, read.crop), (Resize::ShortestEdge(256), Some((224, 224))));
    }

    #[test]
    fn what_is_missing_or_not_followed_is_named() {
        let told = |text: &str| recipe(Some(text), None).unwrap_err();
        assert!(recipe(None, None).unwrap_err().contains("the file is missing"));
        assert!(told("[1]").contains("no JSON object"));
        assert!(told(r#"{"size":224}"#).contains("image_mean"));
        assert!(told(&format!(r#"{{"size":0,{MEANS}}}"#)).contains("`size`: 0"));
        assert!(told(&format!(r#"{{"size":224,"do_pad":true,{MEANS}}}"#)).contains("do_pad"));
        assert!(told(&format!(r#"{{"size":224,"resample":9,{MEANS}}}"#)).contains("resample"));
        assert!(told(r#"{"size":8,"image_mean":[0,0,0],"image_std":[1,0,1]}"#).contains("above zero"));
    }
}
