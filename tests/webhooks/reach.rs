//! Where a webhook may lead, and what an answer may do.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Instant;

use ::upkeep::Sent;

use super::scene::{HOSTS, OFFICES, Scene};
use super::server::{Reply, Server};

#[tokio::test]
async fn a_redirect_is_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let scene = Scene::open().await;
        scene.server.reply(HOSTS[0], Reply::Redirect(status, format!("https://{}/taken", HOSTS[1])));
        let told = scene.notify(OFFICES[0], 1).await;
        assert_eq!(scene.tick().await, Sent { put_off: 1, ..Sent::default() }, "{status}");
        assert_eq!(scene.came(), [vec![told.id()], vec![], vec![]], "{status}");
    }
}

/// As in a deployment: nothing is said of what addresses are allowed.
#[tokio::test]
async fn a_name_that_leads_to_no_public_address_is_never_connected_to() {
    let scene = Scene::open().await;
    let port = scene.server.address.port();
    let private =
        ["127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fd00::1"];
    let private = private.map(|address| SocketAddr::new(address.parse().unwrap(), port));
    let webhook = format!("https://{}/", HOSTS[0]);
    for (leads, minute) in private.iter().map(std::slice::from_ref).chain([&private[..]]).zip((0..).step_by(10)) {
        scene.names.lead(HOSTS[0], leads);
        scene.set_minutes(minute);
        scene.notify(OFFICES[0], 1).await;
        let began = Instant::now();
        let sent = scene.herald(None).run().await.unwrap();
        assert_eq!(sent, Sent { put_off: 1, ..Sent::default() }, "{leads:?}");
        assert!(began.elapsed().as_millis() < 2_000, "{leads:?} was tried");
        // it is taken out of the way
        scene.set_webhook(OFFICES[0], None).await;
        scene.set_minutes(minute + 5);
        assert_eq!(scene.herald(None).run().await.unwrap(), Sent::default());
        scene.set_webhook(OFFICES[0], Some(&webhook)).await;
    }
    assert_eq!(scene.names.looked_up.load(Ordering::SeqCst), private.len() + 1);
    assert_eq!((scene.server.connections(), scene.left().await), (0, 0));
}

/// A name that leads elsewhere when it is looked up a second time gets nothing by that: it is looked up once for each request.
#[tokio::test]
async fn a_name_is_looked_up_once_for_each_request() {
    let scene = Scene::open().await;
    for n in 1..=3 {
        scene.notify(OFFICES[0], n).await;
    }
    assert_eq!(scene.tick().await, Sent { posted: 3, ..Sent::default() });
    assert_eq!((scene.names.looked_up.load(Ordering::SeqCst), scene.server.connections()), (3, 3));
}

#[tokio::test]
async fn a_server_without_a_certificate_for_the_name_gets_nothing() {
    let scene = Scene::open().await;
    // one of another authority, and one for another name
    let foreign = Server::start(&HOSTS[..1]).await;
    scene.names.lead(HOSTS[0], &[foreign.address]);
    scene.set_webhook(OFFICES[1], Some("https://four.care.example.jp/")).await;
    scene.names.lead("four.care.example.jp", &[scene.server.address]);
    for office in &OFFICES[..2] {
        scene.notify(office, 1).await;
    }
    assert_eq!(scene.tick().await, Sent { put_off: 2, ..Sent::default() });
    assert_eq!((foreign.connections(), scene.server.connections()), (1, 1), "they were connected to");
    assert!(foreign.taken().is_empty() && scene.server.taken().is_empty(), "and told nothing");
}

#[tokio::test]
async fn a_name_that_is_nobodys_is_tried_again() {
    let scene = Scene::open().await;
    scene.set_webhook(OFFICES[0], Some("https://nobody.care.example.jp/")).await;
    let told = scene.notify(OFFICES[0], 1).await;
    assert_eq!(scene.tick().await, Sent { put_off: 1, ..Sent::default() });
    scene.set_webhook(OFFICES[0], Some(&format!("https://{}/", HOSTS[0]))).await;
    scene.set_minutes(1);
    assert_eq!(scene.tick().await, Sent { posted: 1, ..Sent::default() }, "where the office wants it now");
    assert_eq!(scene.came(), [vec![told.id()], vec![], vec![]]);
}
