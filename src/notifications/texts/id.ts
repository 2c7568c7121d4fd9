/** Texts: every sentence a buyer reads, in Indonesian. `en.ts` has the same keys. */
import { pagesId } from "./pages-id.ts";

export const id = {
  fields: {
    user_id: "User ID",
    player_id: "Player ID",
    character_id: "Character ID",
    uid: "UID",
    riot_id: "Riot ID",
    zone_id: "Zone ID",
    server: "Server",
  },
  price: {
    title: (icon: string, game: string) => `${icon} Harga ${game}`,
    line: (name: string, price: string) => `• ${name}: ${price}`,
    soldOut: (name: string, price: string) => `• ~~${name}: ${price}~~ (habis)`,
    unavailable: (name: string, price: string) => `• ~~${name}: ${price}~~ (sedang tidak tersedia)`,
    empty: "Belum ada produk untuk game ini.",
    footer: (code: string) => `Beli dengan /topup game:${code}`,
  },
  check: {
    title: "🔍 Cek akun game",
    game: "Game",
    server: "Server",
    nickname: "Nickname",
    status: "Status",
    message: "Pesan",
    valid: "✅ Valid",
    invalid: "❌ Tidak valid",
    unavailable: "⚠️ Belum bisa dicek",
    otherRegion: "❌ Region lain",
    found: (nickname: string) => `Akun ditemukan: ${nickname}`,
    notFound: (field: string, example: string) =>
      `Akun ini tidak ditemukan. Periksa lagi ${field}, contoh: ${example}`,
    cannotCheck:
      "Pengecekan nickname sedang gangguan. Ini bukan berarti ID salah; coba lagi nanti.",
    wrongRegion: (country: string, sold: string) =>
      `Akun ini dari region ${country}; produk di sini hanya masuk ke akun region ${sold}. Pakai akun region ${sold}, atau periksa lagi ID-nya.`,
    tooMany: (seconds: string) =>
      `Belum bisa dicek sekarang: terlalu banyak pengecekan dalam waktu singkat. Coba lagi dalam ${seconds} detik.`,
  },
  account: {
    modalTitle: (game: string) => `Akun ${game}`,
    example: (example: string) => `Contoh: ${example}`,
    missing: (field: string, example: string) => `${field} belum diisi. Contoh: ${example}`,
    invalid: (field: string, example: string) => `${field} tidak cocok. Contoh: ${example}`,
    zoneIsNotRegion: (field: string, given: string, example: string) =>
      `${field} berupa angka, bukan "${given}". Lihat angka dalam kurung di profil game, contoh: ${example}`,
    zoneIsRegion: (field: string, given: string, region: string, example: string) =>
      `"${given}" kami baca sebagai region ${region}. Yang masih dibutuhkan ${field}: angka dalam kurung di profil game, contoh: ${example}`,
    zoneContradicts: (field: string, pasted: string, given: string) =>
      `${field} ada dua: ${pasted} di dalam ID dan ${given} di sebelahnya. Tulis salah satu yang benar.`,
    serverContradicts: (server: string) =>
      `UID ini milik server ${server}. Kosongkan server atau tulis ${server}.`,
    serverNotSold: (field: string, example: string) =>
      `${field} ini milik server Tiongkok, dan produk di sini tidak bisa masuk ke sana. Contoh ${field} yang bisa: ${example}`,
  },
  quote: {
    title: "Periksa pesanan",
    nickname: "Nickname",
    account: "Akun",
    item: "Produk",
    total: "Total",
    expires: (time: string) => `Harga ini berlaku sampai ${time}.`,
    unchecked:
      "⚠️ Nickname belum bisa dicek sekarang. Kalau akunnya salah, produk masuk ke orang lain dan tidak bisa ditarik.",
    confirm: "Akun sudah benar, lanjut",
    payGopay: "Bayar GoPay",
    paySaldo: (saldo: string) => `Pakai saldo (${saldo})`,
    edit: "Ubah ID",
    drop: "Batal",
    dropped: "Dibatalkan. Tidak ada uang yang diambil.",
    again: "Coba lagi",
  },
  outcome: {
    quote_expired:
      "Harga ini sudah lewat 5 menit. Buat lagi supaya harganya pasti; belum ada uang yang diambil.",
    quote_unknown: "Kartu ini sudah tidak berlaku. Mulai lagi dengan /topup.",
    unconfirmed: "Pastikan dulu akunnya benar.",
    too_many_unpaid:
      "Masih ada 3 pesanan yang belum dibayar. Bayar atau batalkan salah satu dulu (/history).",
    unavailable:
      "Produk ini sedang tidak bisa dibeli. Belum ada uang yang diambil; coba lagi nanti atau pilih produk lain.",
    sold_out: "Stok produk ini baru saja habis. Belum ada uang yang diambil; coba produk lain.",
    insufficient_saldo: (saldo: string, price: string) =>
      `Saldo ${saldo} belum cukup untuk ${price}. Pilih GoPay.`,
  },
  order: {
    number: "No. pesanan",
    item: "Produk",
    account: "Akun",
    total: "Total",
    method: "Metode",
    methods: { gopay: "GoPay", saldo: "Saldo" },
    serial: "Serial number",
    preparing: "Menyiapkan pembayaran…",
    preparingText: "QR sedang dibuat. Kartu ini berubah sendiri.",
    lapsed: "⌛ QR sudah kedaluwarsa",
    lapsedText: (time: string) =>
      `Jangan bayar dengan QR itu lagi. Pesanan ini berakhir sendiri pukul ${time}. Masih mau? Mulai lagi dengan /topup.`,
    pay: (method: string) => `Bayar dengan ${method}`,
    payText: (time: string, relative: string) =>
      `Pindai QR ini dengan aplikasi GoPay, atau buka halaman bayar di ponsel.\nBayar sebelum ${time} (${relative}).`,
    payTextNoQr: (time: string, relative: string) =>
      `Buka halaman bayar di ponsel.\nBayar sebelum ${time} (${relative}).`,
    qrAlt: (total: string, code: string) => `Kode QR GoPay senilai ${total} untuk pesanan ${code}`,
    open: "Buka halaman bayar",
    page: "Halaman pesanan",
    check: "Cek status",
    cancel: "Batal",
    processing: "Pembayaran diterima",
    processingText: "Pesanan sedang dibeli dan dikirim. Kartu ini berubah sendiri.",
    delivered: "✅ Terkirim",
    buyAgain: "Beli lagi",
    deliveredText: (item: string, gameAccount: string) =>
      `${item} sudah masuk ke ${gameAccount}. Terima kasih!`,
    refunded: "↩️ Uang kembali",
    refundedText: (total: string) =>
      `${total} sudah masuk ke saldo. Pakai lagi kapan saja, lihat /saldo.`,
    refundedAtSource: (total: string, method: string) =>
      `${total} sudah dikembalikan ke ${method}-mu.`,
    refundReasons: {
      account: "Pemasok menolak akun ini. Periksa lagi ID-nya.",
      supplier: "Pemasok tidak bisa mengirim produk ini sekarang.",
      late: "Uang datang setelah pesanan berakhir.",
      decision: "Toko mengembalikan uang pesanan ini.",
    },
    expired: "⌛ Waktu bayar habis",
    expiredText:
      "Tidak ada uang yang diambil. Kalau kamu terlanjur bayar, pesanannya tetap dikirim selama harga dan stok masih ada; kalau tidak, uangnya masuk ke saldo.",
    cancelled: "Pesanan dibatalkan",
    cancelledText:
      "Tidak ada uang yang diambil. Kalau kamu terlanjur bayar, uangnya masuk ke saldo.",
    mismatched:
      "Uang yang datang tidak cocok dengan pesanan ini. Uangnya kami periksa dan kami kabari; simpan nomor pesanan ini.",
    short: "⚠️ Uang yang datang kurang",
    shortText: (came: string, total: string) =>
      `Yang datang ${came} dari ${total}. Uangnya aman: bayar sisanya dari saldo, atau tarik ke saldo dan pesanan ini berakhir.`,
    shortReturned: (came: string, total: string) =>
      `Yang datang ${came} dari ${total}. Uangnya sudah masuk ke saldo, lihat /saldo.`,
    payRest: "Bayar sisanya dari saldo",
    takeBack: "Tarik ke saldo",
    restTooLittle: (have: string, total: string) =>
      `Bersama saldomu baru ${have} dari ${total}. Isi saldo lalu coba lagi, atau tarik uangnya.`,
    cannotOpen:
      "Pembayaran GoPay tidak bisa dibuat sekarang. Tidak ada uang yang diambil; coba lagi nanti.",
    notYetCancelled:
      "GoPay belum menjawab, jadi pesanan belum bisa dibatalkan. Ia berakhir sendiri kalau tidak dibayar.",
    facts: {
      payment: "Pembayaran",
      purchase: "Pembelian di pemasok",
      delivery: "Pengiriman",
      waiting: "menunggu",
      none: "–",
      sent: "dikirim ke pemasok",
      failed: "gagal",
      refunded: "dikembalikan",
      second: "pembayaran kedua masuk ke saldo",
    },
  },
  deposit: {
    title: "Isi saldo",
    number: "No. deposit",
    amount: "Jumlah",
    came: "Yang masuk",
    added: "✅ Saldo bertambah",
    addedText: (came: string) => `${came} sudah masuk ke saldo. Pakai dengan /topup.`,
    expired: "⌛ Waktu bayar habis",
    over: "Tidak ada uang yang masuk. Kalau kamu terlanjur bayar, uangnya tetap masuk ke saldo.",
    cancelled: "Deposit dibatalkan",
    again: "Isi saldo lagi dengan /deposit.",
    qrAlt: (amount: string, code: string) =>
      `Kode QR GoPay senilai ${amount} untuk deposit ${code}`,
    closing: "GoPay sedang kami tanya apakah uangnya masuk. Jangan bayar dengan QR itu lagi.",
    lapsed: (time: string) =>
      `Jangan bayar dengan QR itu lagi. Deposit ini berakhir sendiri pukul ${time}.`,
    mismatched:
      "Uang yang datang tidak cocok dengan deposit ini. Uangnya kami periksa; simpan nomor deposit ini.",
    notAnAmount: (given: string) =>
      `"${given}" bukan jumlah rupiah. Tulis misalnya 50000, 50.000, atau 50rb.`,
    outOfBounds: (least: string, most: string) =>
      `Sekali isi saldo paling sedikit ${least} dan paling banyak ${most}.`,
    tooMany:
      "Masih ada 3 deposit yang belum dibayar. Bayar atau batalkan salah satu dulu, atau tunggu: yang tidak dibayar berakhir sendiri.",
    page: "Halaman deposit",
    notYetCancelled:
      "GoPay belum menjawab, jadi deposit belum bisa dibatalkan. Ia berakhir sendiri kalau tidak dibayar.",
  },
  help: {
    title: "🏪 Cara belanja",
    text: "Isi game langsung dari Discord; produknya masuk dalam hitungan detik setelah dibayar.",
    buy: "Beli",
    buyText:
      "/topup: pilih game dan produk, isi ID, cek nickname, lalu bayar dengan GoPay atau saldo.",
    look: "Lihat dulu",
    lookText: "/price untuk harga, /cek untuk memastikan ID milik siapa.",
    money: "Saldo",
    moneyText: "/deposit untuk mengisi, /saldo untuk melihat. Uang yang kembali masuk ke sini.",
    orders: "Pesanan",
    ordersText: "/history: status setiap pesanan dan tombol untuk meneruskannya.",
    trouble: "Ada masalah?",
    troubleText:
      "Sudah bayar tapi belum masuk: tekan Cek status, lalu tunggu. Uang tidak hilang: produk dikirim, atau uangnya kembali. Masih ragu? Kirim nomor pesanan ke admin toko; jangan pernah kirim kata sandi atau kode OTP.",
  },
  states: {
    blocked: "ditolak",
    awaiting_verification: "menunggu PIN",
    awaiting_payment: "menunggu pembayaran",
    paid: "dibayar",
    under_review: "sedang diperiksa",
    fulfilling: "diproses",
    delivered: "terkirim",
    refunding: "sedang dikembalikan",
    refunded: "uang kembali",
    expired: "waktu bayar habis",
    cancelled: "dibatalkan",
  },
  saldo: {
    title: "Saldo",
    text: (amount: string) => `Saldomu **${amount}**.`,
    empty: "Saldo terisi kalau uang pesanan dikembalikan, dan bisa dipakai untuk membeli.",
    hint: "Pilih *Pakai saldo* saat membayar.",
  },
  history: {
    second: "Pembayaran kedua untuk pesanan ini masuk ke saldo.",
    show: (code: string) => `Lihat ${code}`,
    title: "Riwayat pesanan",
    empty: "Belum ada pesanan. Mulai dengan /topup.",
  },
  errors: {
    unknownGame: (given: string, known: string) =>
      `Game "${given}" tidak ada. Pilih salah satu: ${known}.`,
    unknownSku: (given: string, game: string, known: string) =>
      `Produk "${given}" tidak ada di ${game}. Pilih salah satu: ${known}.`,
    unknownOrder: "Pesanan itu tidak ada di akunmu. Lihat /history.",
    stale: "Kartu ini sudah kedaluwarsa. Mulai lagi dengan /topup atau lihat /history.",
    fault: (code: string) =>
      `Ada gangguan di sisi kami dan permintaan ini belum selesai. Lihat /history sebelum mencoba lagi. Kode: ${code}`,
  },
  page: pagesId,
  validate: {
    valid: "Akun valid",
    notFound: "Akun tidak ditemukan",
    unavailable: "Pengecekan sedang gangguan; coba lagi nanti",
  },
  regions: {
    ID: "Indonesia",
    MY: "Malaysia",
    SG: "Singapura",
    BN: "Brunei",
    PH: "Filipina",
    TH: "Thailand",
    VN: "Vietnam",
    KH: "Kamboja",
    LA: "Laos",
    MM: "Myanmar",
    TL: "Timor-Leste",
    IN: "India",
    BR: "Brasil",
    TR: "Turki",
    RU: "Rusia",
    US: "Amerika Serikat",
  },
};

export type Texts = typeof id;
