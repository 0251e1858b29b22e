//! One module an address.

mod analyze_look;
mod catalogue;
mod collect;
mod duplicates;
mod everywhere;
mod guard;
mod health;
mod heat_map;
mod looks;
mod made_up;
mod openapi;
mod pages;
mod redraw;
mod similar;
mod training;
mod vision_progress;
