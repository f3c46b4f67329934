//! dev
fn main() {
    let dir = std::env::args().nth(1).unwrap();
    for kit::KitFile { path: p, bytes: b } in kit::Kit::generate(1).unwrap().files().unwrap() {
        let p = std::path::Path::new(&dir).join(p);
        std::fs::create_dir_all(p.parent().unwrap()).unwrap();
        std::fs::write(p, b).unwrap();
    }
}
