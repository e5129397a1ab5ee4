//! The simulator alone.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use retitle::cli;
use retitle::platform::files::private_folder;
use retitle::simulator::{Options, Simulator, Tls};

use super::demo::CLIENT;
use super::{Failure, runtime, say};

/// `retitle simulate`.
pub(super) fn run(asked: &cli::Simulate, state: Option<&Path>) -> Result<(), Failure> {
    let state_file = match state {
        Some(folder) => {
            private_folder(folder).with_context(|| format!("cannot make {}", folder.display()))?;
            Some(folder.join("simulator.json"))
        }
        None => None,
    };
    let options = Options {
        port: asked.port,
        state_file,
        approve_after: asked.approve_after.map(Duration::from_secs),
        interval: Duration::from_secs(asked.interval),
        code_lifetime: Duration::from_secs(asked.code_lifetime),
        token_lifetime: Duration::from_secs(asked.token_lifetime),
        latency: Duration::from_millis(asked.latency),
        control: asked.control,
        tls: asked.https.is_some().then_some(Tls::Good),
        ..Options::default()
    };
    runtime()?.block_on(async {
        let simulator = Simulator::start(options)
            .await
            .with_context(|| format!("the simulator cannot start on port {} (--port takes another)", asked.port))?;
        let mut ca_file = String::new();
        if let (Some(path), Some(ca)) = (&asked.https, simulator.ca()) {
            std::fs::write(path, ca).with_context(|| format!("cannot write {}", path.display()))?;
            ca_file = format!("ca_file = {:?}\n", path.display().to_string());
        }
        say(&format!(
            "# A configuration for this simulator:\nclient_id = \"{CLIENT}\"\n\n[endpoints]\nauthority = \"{}\"\ngraph = \"{}\"\nportal = \"{}\"\n{ca_file}\n# Codes are typed at {}/device. Ctrl-C ends it.\n",
            simulator.authority(),
            simulator.graph(),
            simulator.portal(),
            simulator.authority(),
        ))?;
        std::io::stdout().flush()?;
        retitle::shell::signals::Signals::listen()?.next().await;
        Ok(())
    })
}
