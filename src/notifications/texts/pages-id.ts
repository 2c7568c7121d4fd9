/** Page texts: every sentence of the payment pages and the order page, in Indonesian. */

export const pagesId = {
  shop: "Konter",
  title: (what: string, code: string) => `${what} · Pesanan ${code}`,
  language: "Bahasa",
  offline: "Koneksi terputus. Yang terlihat mungkin belum yang terbaru; kami terus mencoba.",
  unknown: {
    headline: "Halaman ini tidak ada",
    next: "Alamatnya mungkin salah, atau sudah lewat 30 hari sejak pesanan dibuat. Pesananmu tetap ada di Discord: ketik /history.",
  },
  pay: {
    amount: "Total bayar",
    left: "Sisa waktu",
    before: (total: string, time: string) => `Bayar ${total} sebelum ${time}`,
    open: "Buka GoPay",
    scan: "Dari komputer atau ponsel lain: pindai QR ini dengan aplikasi GoPay.",
    paid: "Sudah bayar? Tunggu di sini, jangan bayar dua kali.",
    returned:
      "Kalau pembayaranmu di GoPay tadi berhasil, tunggu sebentar: kami sedang memastikannya. Jangan bayar dua kali.",
    afterwards: "Setelah kamu bayar",
    confirm: "Kami memastikan pembayarannya ke GoPay, biasanya kurang dari satu menit.",
    deliver: (item: string, gameAccount: string) => `${item} dibeli dan dikirim ke ${gameAccount}.`,
    follow: "Halaman ini dan kartu di Discord berubah sendiri. Kamu boleh menutupnya.",
    order: "Lihat rincian pesanan",
  },
  standings: {
    blocked: {
      headline: "Pesanan ini ditolak",
      next: "Pemeriksaan keamanan toko menolak pesanan ini. Tidak ada uang yang diambil. Menurutmu ini keliru? Kirim nomor pesanan ini ke admin toko di Discord dan minta diperiksa lagi.",
    },
    awaiting_verification: {
      headline: "Menunggu PIN pesanan",
      next: "Masukkan PIN pesananmu di kartu pesanan di Discord dalam 5 menit. Kalau tidak, pesanan ini batal sendiri dan tidak ada uang yang diambil.",
    },
    preparing: {
      headline: "Menyiapkan pembayaran",
      next: "QR sedang dibuat, biasanya beberapa detik. Halaman ini berubah sendiri.",
    },
    payable: {
      headline: "Menunggu pembayaran",
      button: "Bayar sekarang",
    },
    closing: {
      headline: "Waktu bayar sudah lewat",
      next: "Jangan bayar dengan QR itu lagi. Kami sedang bertanya ke GoPay apakah uangmu sudah masuk. Kalau sudah, pesanan ini jalan terus.",
    },
    lapsed: {
      headline: "QR sudah kedaluwarsa",
      next: (time: string) =>
        `Jangan bayar dengan QR itu lagi. Pesanan ini berakhir sendiri pukul ${time}. Masih mau? Mulai lagi dengan /topup di Discord.`,
    },
    short: {
      headline: "Uang yang masuk kurang",
      next: (came: string, asked: string) =>
        `Yang masuk ${came} dari ${asked}. Uangmu tercatat di pesanan ini, dan masuk ke saldomu kalau pesanan ini berakhir. Mau bayar sisanya dari saldo? Tekan tombol di kartu pesanan ini di Discord.`,
    },
    short_returned: {
      headline: "Uangmu masuk ke saldo",
      next: (came: string, asked: string) =>
        `Yang masuk ${came} dari ${asked}, jadi pesanan ini tidak dilanjutkan. ${came} sudah masuk ke saldomu; lihat dengan /saldo di Discord.`,
    },
    mismatched: { headline: "Uang yang masuk tidak cocok" },
    paid: {
      headline: "Pembayaran diterima",
      next: "Sebentar lagi pesananmu dibeli dari pemasok. Tinggal tunggu; halaman ini berubah sendiri.",
    },
    under_review: {
      headline: "Sedang diperiksa petugas",
      next: "Pembayaranmu sudah kami terima dan tercatat di pesanan ini. Petugas memeriksanya dulu; kalau ditolak, uangmu kembali. Tinggal tunggu.",
    },
    fulfilling: {
      headline: "Pesanan sedang diproses",
      next: "Pembayaran sudah diterima dan pesananmu sedang dibeli dari pemasok. Tinggal tunggu; halaman ini berubah sendiri.",
    },
    doubtful: {
      headline: "Menunggu kepastian pemasok",
      next: "Pemasok belum memberi jawaban yang pasti. Kami terus bertanya dan tidak membeli dua kali. Kalau ternyata gagal, uangmu kembali ke saldo.",
    },
    delivered: {
      headline: "Terkirim",
      next: (item: string, gameAccount: string) =>
        `Pemasok memastikan ${item} sudah masuk ke ${gameAccount}. Belum terlihat? Coba keluar dari game, lalu masuk lagi. Masih belum ada? Kirim nomor pesanan ini ke admin toko di Discord.`,
    },
    taken_back: {
      headline: "Sedang dipastikan lagi",
      next: "Pemasok tadinya memastikan pesanan ini terkirim, lalu menariknya kembali. Admin toko memeriksanya dan mengabarimu. Simpan nomor pesanan ini.",
    },
    refunding: {
      headline: "Uang sedang dikembalikan",
      next: (total: string) => `${total} sedang dalam perjalanan kembali ke kamu. Tinggal tunggu.`,
    },
    refunded: {
      headline: "Uang sudah kembali",
      next: (total: string) =>
        `${total} sudah masuk ke saldomu. Pakai kapan saja; lihat dengan /saldo di Discord.`,
      at_source: (method: string) => `Uangnya sudah dikembalikan ke ${method}-mu.`,
    },
    expired: {
      headline: "Waktu bayar habis",
      next: "Tidak ada uang yang masuk. Terlanjur bayar? Uangmu tidak hilang: pesanan ini dilanjutkan, atau uangnya masuk ke saldomu. Masih mau beli? Mulai lagi dengan /topup di Discord.",
    },
    cancelled: { headline: "Pesanan dibatalkan" },
    not_opened: { headline: "Pembayaran tidak bisa dibuat" },
  },
  deposit: {
    title: (what: string, code: string) => `${what} · Isi saldo ${code}`,
    name: "Isi saldo",
    number: "No. isi saldo",
    amount: "Jumlah",
    came: "Uang yang masuk",
    qrAlt: (amount: string, code: string) =>
      `Kode QR GoPay senilai ${amount} untuk isi saldo ${code}`,
    arrives: "Uangnya masuk ke saldomu, sebanyak yang datang.",
    follow: "Halaman ini berubah sendiri. Kamu boleh menutupnya.",
    until: (date: string) =>
      `Halaman ini bisa dibuka sampai ${date}. Jangan bagikan alamatnya: siapa pun yang punya bisa melihat isi saldo ini.`,
    standings: {
      preparing: {
        headline: "Menyiapkan pembayaran",
        next: "QR untuk isi saldo sedang dibuat, biasanya beberapa detik. Halaman ini berubah sendiri.",
      },
      payable: {
        headline: "Menunggu pembayaran",
        next: "Bayar dengan aplikasi GoPay; uangnya masuk ke saldomu.",
      },
      closing: {
        headline: "Waktu bayar sudah lewat",
        next: "Jangan bayar dengan QR itu lagi. Kami sedang bertanya ke GoPay apakah uangmu sudah masuk. Kalau sudah, saldomu terisi.",
      },
      lapsed: {
        headline: "QR sudah kedaluwarsa",
        next: (time: string) =>
          `Jangan bayar dengan QR itu lagi. Isi saldo ini berakhir sendiri pukul ${time}. Masih mau? Buat yang baru.`,
      },
      mismatched: {
        headline: "Uang yang masuk tidak cocok",
        next: "Uang yang datang tidak cocok dengan isi saldo ini. Uangnya kami periksa; simpan nomor isi saldo ini.",
      },
      paid: {
        headline: "Saldo terisi",
        next: (amount: string) => `${amount} sudah masuk ke saldomu. Pakai kapan saja.`,
      },
      expired: {
        headline: "Waktu bayar habis",
        next: "Tidak ada uang yang masuk. Kalau kamu terlanjur bayar, uangnya tetap masuk ke saldo. Masih mau? Buat yang baru.",
      },
      cancelled: {
        headline: "Isi saldo dibatalkan",
        next: "Tidak ada uang yang masuk. Kalau kamu terlanjur bayar, uangnya tetap masuk ke saldo.",
      },
      not_opened: {
        headline: "Pembayaran tidak bisa dibuat",
        next: "Pembayaran GoPay tidak bisa dibuat sekarang. Tidak ada uang yang diambil; coba lagi nanti.",
      },
    },
  },
  facts: {
    heading: "Sudah sampai mana",
    names: {
      payment: "Pembayaran",
      purchase: "Pembelian",
      delivery: "Pengiriman",
      notice: "Kabar ke kamu",
    },
    payment: {
      none: "Tidak ada",
      preparing: "Disiapkan",
      waiting: "Menunggu",
      held: "Saldo ditahan",
      paid: "Diterima",
      not_paid: "Tidak ada uang masuk",
      short: "Kurang",
      mismatched: "Tidak cocok, diperiksa",
      refunding: "Sedang kembali",
      refunded: "Sudah kembali",
      unknown: "Belum diketahui",
    },
    purchase: {
      none: "Tidak ada",
      waiting: "Menunggu",
      sent: "Diminta, belum pasti",
      unknown: "Belum diketahui",
      confirmed: "Dipastikan pemasok",
      reversed: "Ditarik pemasok",
      failed: "Gagal",
    },
    delivery: {
      none: "Tidak ada",
      waiting: "Menunggu",
      delivered: "Terkirim",
      unknown: "Belum diketahui",
    },
    notice: {
      sent: "Sudah dikabari",
      behind: "Kabar terbaru menyusul",
      not_sent: "Belum dikabari",
    },
  },
  details: {
    heading: "Rincian",
    copy: "Salin",
    copied: "Tersalin",
  },
  story: {
    heading: "Perjalanan pesanan",
    placed: "Pesanan dibuat.",
    second: "Pembayaran kedua masuk ke saldomu.",
    short: (came: string, asked: string) => `Yang masuk ${came} dari ${asked}.`,
    short_returned: "Uang yang kurang itu masuk ke saldomu.",
    part_refunded: (amount: string) => `${amount} dikembalikan ke saldomu.`,
    at_source: "Uang kembali ke tempat asalnya.",
    surplus: (amount: string) => `Kelebihan ${amount} masuk ke saldomu.`,
    states: {
      blocked: "Ditolak pemeriksaan keamanan; tidak ada uang yang diambil.",
      awaiting_verification: "PIN pesanan diminta.",
      awaiting_payment: "PIN cocok; pembayaran dibuka.",
      paid: "Pembayaran diterima.",
      under_review: "Diserahkan ke petugas untuk diperiksa.",
      fulfilling: "Pembelian dari pemasok dimulai.",
      delivered: "Pemasok memastikan: terkirim.",
      refunding: "Pengembalian uang dimulai.",
      refunded: "Uang dikembalikan.",
      expired: "Waktu bayar habis.",
      cancelled: "Pesanan dibatalkan.",
    },
  },
  foot: {
    close: "Kamu boleh menutup halaman ini; kartu di Discord berubah sendiri.",
    zone: "Semua waktu dalam WIB.",
    until: (date: string) =>
      `Halaman ini bisa dibuka sampai ${date}. Jangan bagikan alamatnya: siapa pun yang punya bisa melihat pesanan ini.`,
  },
};
