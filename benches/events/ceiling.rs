//! How many persistent messages RabbitMQ takes with pipelined confirms, without anything around it.

use std::time::Instant;

use amqprs::callbacks::ChannelCallback;
use amqprs::channel::{
    BasicPublishArguments, Channel, ConfirmSelectArguments, QueueDeclareArguments,
    QueueDeleteArguments,
};
use amqprs::{Ack, BasicProperties, Cancel, CloseChannel, Nack, Return};
use coffee::core::config::Config;
use coffee::core::db::amqp::Amqp;
use tokio::sync::watch;

use super::bed::Payload;
use super::database::url;

const QUEUE: &str = "bench_ceiling_q";
/// Messages on their way at the same time.
const WINDOW: u64 = 1000;

/// Messages per second.
pub async fn publish(count: usize) -> f64 {
    let config = format!("[amqp]\nurl = \"{}\"", url("COFFEE__AMQP__URL"));
    let config = Config::from_toml(&config).expect("configuration");
    let amqp = Amqp::new(&config).expect("an address").expect("configured");
    let connection = amqp.connect().await.expect("RabbitMQ answers");
    let channel = connection.open_channel(None).await.expect("a channel");
    let (sender, mut confirmed) = watch::channel(0);
    channel.register_callback(Confirms(sender)).await.expect("registered");
    channel.confirm_select(ConfirmSelectArguments::default()).await.expect("confirms");
    let declare = QueueDeclareArguments::durable_client_named(QUEUE);
    channel.queue_declare(declare).await.expect("a queue");
    let body = serde_json::to_vec(&Payload::new(1, 0)).expect("JSON");
    let properties =
        BasicProperties::default().with_persistence(true).with_message_id("bench").finish();
    let to = BasicPublishArguments::new("", QUEUE).mandatory(true).finish();
    let (started, count) = (Instant::now(), count as u64);
    for sent in 1..=count {
        channel.basic_publish(properties.clone(), body.clone(), to.clone()).await.expect("sent");
        confirmed.wait_for(|done| done + WINDOW >= sent).await.expect("confirms arrive");
    }
    confirmed.wait_for(|done| *done >= count).await.expect("confirms arrive");
    let rate = count as f64 / started.elapsed().as_secs_f64();
    let _ = channel.queue_delete(QueueDeleteArguments::new(QUEUE)).await;
    let _ = connection.close().await;
    rate
}

/// Counts confirms; they arrive in order on one channel to one queue.
struct Confirms(watch::Sender<u64>);

#[sea_orm::prelude::async_trait::async_trait]
impl ChannelCallback for Confirms {
    async fn close(
        &mut self,
        _: &Channel,
        close: CloseChannel,
    ) -> Result<(), amqprs::error::Error> {
        panic!("the broker closed the channel: {close}")
    }

    async fn cancel(&mut self, _: &Channel, _: Cancel) -> Result<(), amqprs::error::Error> {
        Ok(())
    }

    async fn flow(&mut self, _: &Channel, active: bool) -> Result<bool, amqprs::error::Error> {
        Ok(active)
    }

    async fn publish_ack(&mut self, _: &Channel, ack: Ack) {
        self.0.send_modify(|done| *done = (*done).max(ack.delivery_tag()));
    }

    async fn publish_nack(&mut self, _: &Channel, _: Nack) {
        panic!("the broker refused a message")
    }

    async fn publish_return(&mut self, _: &Channel, _: Return, _: BasicProperties, _: Vec<u8>) {
        panic!("the broker returned a message")
    }
}
