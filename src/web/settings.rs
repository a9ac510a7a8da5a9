//! The settings of a support set as JavaScript changes and sees them: numbers, or `"auto"`.

use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use super::{Engine, Js, give, parse, throw};
use crate::method::{Metric, choice};

#[wasm_bindgen]
impl Engine {
    /// The settings, with what `auto` stands for.
    pub fn settings(&mut self) -> Js<JsValue> {
        let settings = self.classifier.settings();
        give(&SettingsView {
            method: settings.method,
            metric: settings.metric,
            temperature: settings.temperature.into(),
            threshold: settings.threshold.into(),
            auto_temperature: self.classifier.auto_temperature().map_err(throw)?,
            auto_threshold: self.classifier.auto_threshold().map_err(throw)?,
        })
    }

    /// Changes the settings that are named.
    pub fn set_settings(&mut self, patch: JsValue) -> Js<JsValue> {
        let patch: SettingsPatch = parse(
            patch,
            "settings",
            "method ridge, prototypical, siamese, matching, matching_context, relation, imaginary, \
             mann or snail, metric euclidean or cosine, temperature and threshold a number or auto",
        )?;
        let mut settings = self.classifier.settings();
        settings.method = patch.method.unwrap_or(settings.method);
        settings.metric = patch.metric.unwrap_or(settings.metric);
        settings.temperature = patch
            .temperature
            .map_or(settings.temperature, Setting::value);
        settings.threshold = patch.threshold.map_or(settings.threshold, Setting::value);
        self.classifier.set_settings(settings).map_err(throw)?;
        self.settings()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Auto {
    Auto,
}

/// A number, or `"auto"`.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Setting {
    Value(f32),
    Auto(Auto),
}

impl Setting {
    pub(super) fn value(self) -> Option<f32> {
        match self {
            Setting::Value(value) => Some(value),
            Setting::Auto(_) => None,
        }
    }
}

impl From<Option<f32>> for Setting {
    fn from(value: Option<f32>) -> Self {
        value.map_or(Setting::Auto(Auto::Auto), Setting::Value)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SettingsView {
    method: choice::Choice,
    metric: Metric,
    temperature: Setting,
    threshold: Setting,
    auto_temperature: f32,
    auto_threshold: f32,
}

#[derive(Deserialize)]
struct SettingsPatch {
    method: Option<choice::Choice>,
    metric: Option<Metric>,
    temperature: Option<Setting>,
    threshold: Option<Setting>,
}
