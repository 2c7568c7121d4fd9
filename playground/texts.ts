/** Every word the playground says itself, in both languages. Discord's and the shop's words come from them. */
import type { Locale } from "./discord.ts";
import type { WalletProblem } from "./wallet.ts";

/** What can be made to go wrong (simulators/README.md, faults). */
export const troubles = [
  { name: "webhook_lost", party: "midtrans", operation: "webhook", fault: "drop" },
  { name: "webhook_thrice", party: "midtrans", operation: "webhook", fault: "thrice" },
  { name: "webhook_forged", party: "midtrans", operation: "webhook", fault: "forged" },
  { name: "pays_short", party: "midtrans", operation: "pay", fault: "short" },
  { name: "charge_lost", party: "midtrans", operation: "charge", fault: "lost_answer" },
  { name: "purchase_lost", party: "digiflazz", operation: "transaction", fault: "lost_answer" },
  { name: "purchase_refused", party: "digiflazz", operation: "transaction", fault: "refuse" },
  { name: "supplier_refuses_us", party: "digiflazz", operation: "transaction", fault: "rc_45" },
  { name: "nickname_down", party: "vip_reseller", operation: "get-nickname", fault: "http_503" },
  { name: "connection_cut", party: "discord", operation: "gateway", fault: "cut" },
  { name: "pressed_twice", party: "discord", operation: "interaction", fault: "duplicate" },
  { name: "message_lost", party: "discord", operation: "edit", fault: "http_500" },
] as const;

interface ProblemWords {
  readonly title: string;
  readonly detail: string;
}

export interface Texts {
  readonly playground: string;
  readonly language: string;
  readonly loading: string;
  readonly unreachable: string;
  readonly reconnecting: string;
  readonly conversation: string;
  readonly app: string;
  readonly direct: string;
  readonly used: (user: string, command: string | undefined) => string;
  readonly onlyYou: string;
  readonly thinking: (bot: string) => string;
  readonly failed: string;
  readonly newTab: string;
  readonly welcome: (channel: string) => string;
  readonly welcomeDetail: string;
  readonly tryFirst: string;
  readonly tryFailure: string;
  readonly failures: readonly (readonly [input: string, effect: string])[];
  readonly commands: string;
  readonly suggestions: string;
  readonly linePlaceholder: string;
  readonly send: string;
  readonly noBot: string;
  readonly unknownCommand: string;
  readonly onlyCommands: string;
  readonly cancelCommand: (command: string) => string;
  readonly optional: string;
  readonly missing: (option: string) => string;
  readonly notAChoice: (option: string) => string;
  readonly notANumber: (option: string) => string;
  readonly yes: string;
  readonly no: string;
  readonly choose: string;
  readonly cancel: string;
  readonly submit: string;
  readonly required: string;
  readonly tooShort: (length: number) => string;
  readonly phone: string;
  readonly phoneToggle: string;
  readonly wallet: string;
  readonly walletHint: string;
  readonly scan: string;
  readonly scanning: string;
  readonly link: string;
  readonly openLink: string;
  readonly payTo: string;
  readonly expiresIn: string;
  readonly pay: string;
  readonly paying: string;
  readonly close: string;
  readonly paid: string;
  readonly paidDetail: (merchant: string) => string;
  readonly done: string;
  readonly back: string;
  readonly problems: Readonly<Record<WalletProblem, ProblemWords>>;
  readonly clock: string;
  readonly clockHint: string;
  readonly addMinutes: (minutes: number) => string;
  readonly who: string;
  readonly welcomeOwner: (channel: string) => string;
  readonly decline: string;
  readonly payLate: string;
  readonly sent: string;
  readonly sentDetail: string;
  readonly trouble: string;
  readonly troubleHint: string;
  readonly troubles: Readonly<Record<(typeof troubles)[number]["name"], string>>;
  readonly troubleWaits: (what: string) => string;
  readonly troubleRefused: string;
  readonly closesDirect: (person: string) => string;
}

const id: Texts = {
  playground: "Ruang uji coba",
  language: "Bahasa",
  loading: "Membuka percakapan…",
  unreachable: "Toko belum menjawab. Mencoba lagi…",
  reconnecting: "Menghubungkan kembali…",
  conversation: "Percakapan",
  app: "APP",
  direct: "Pesan langsung",
  used: (user, command) => `${user} menggunakan ${command ?? "perintah"}`,
  onlyYou: "Hanya kamu yang bisa melihat ini",
  thinking: (bot) => `${bot} sedang berpikir…`,
  failed: "Interaksi gagal",
  newTab: "(membuka tab baru)",
  welcome: (channel) => `Selamat datang di #${channel}`,
  welcomeDetail:
    "Ini Discord tiruan: tokonya sungguhan, uang dan diamond-nya tidak. Ketik\u00a0/ untuk melihat perintah, bayar dengan ponsel.",
  tryFirst: "Coba",
  tryFailure: "Coba kalau ada yang gagal",
  failures: [
    ["404…", "ID pemain yang diawali ini: akun tidak ditemukan"],
    ["503…", "cek nama akun sedang mati"],
    ["99954…", "pemasok menolak: nomor salah, uang kembali"],
    ["99953…", "pemasok menolak: produk tidak tersedia"],
    ["99902…", "pemasok menerima dulu, lalu gagal"],
    ["99900…", "jawaban pemasok hilang di jalan"],
    ["99903…", "pemasok diam; berhasil saat ditanya lagi setelah semenit"],
  ],
  commands: "Perintah",
  suggestions: "Saran",
  linePlaceholder: "Ketik / untuk perintah",
  send: "Kirim",
  noBot: "Belum ada perintah: bot belum terhubung.",
  unknownCommand: "Perintah itu tidak ada. Ketik / untuk melihat daftarnya.",
  onlyCommands: "Di sini hanya perintah. Mulai dengan /.",
  cancelCommand: (command) => `Batalkan ${command}`,
  optional: "opsional",
  missing: (option) => `Isi “${option}” dulu.`,
  notAChoice: (option) => `Pilih “${option}” dari daftar.`,
  notANumber: (option) => `“${option}” harus berupa angka.`,
  yes: "Ya",
  no: "Tidak",
  choose: "Pilih…",
  cancel: "Batal",
  submit: "Kirim",
  required: "Wajib diisi.",
  tooShort: (length) => `Paling sedikit ${length} karakter.`,
  phone: "Ponsel dan jam toko",
  phoneToggle: "Ponsel",
  wallet: "GoPay (simulasi)",
  walletHint: "Minta QR di percakapan, lalu pindai di sini.",
  scan: "Pindai QR",
  scanning: "Memindai…",
  link: "Atau tempel tautan pembayaran",
  openLink: "Buka",
  payTo: "Bayar ke",
  expiresIn: "Berlaku",
  pay: "Bayar",
  paying: "Membayar…",
  close: "Tutup",
  paid: "Pembayaran berhasil",
  paidDetail: (merchant) => `${merchant} sudah menerima uangnya.`,
  done: "Selesai",
  back: "Kembali",
  problems: {
    no_qr: {
      title: "Tidak ada QR",
      detail: "Tidak ada kode QR yang terbaca di percakapan. Minta dulu lewat perintah.",
    },
    unknown: {
      title: "Kode tidak dikenal",
      detail: "Dompet tidak mengenal kode atau tautan ini. Tidak ada uang yang keluar.",
    },
    expired: {
      title: "Sudah kedaluwarsa",
      detail: "Waktu bayarnya habis. Tidak ada uang yang keluar; buat pesanan baru.",
    },
    paid: {
      title: "Sudah dibayar",
      detail: "Tagihan ini sudah lunas. Kamu tidak ditagih dua kali.",
    },
    cancelled: {
      title: "Dibatalkan",
      detail: "Tagihan ini dibatalkan toko. Tidak ada uang yang keluar.",
    },
    unreachable: {
      title: "Dompet tidak menjawab",
      detail: "Belum jelas apakah uang keluar. Pindai lagi untuk melihat statusnya.",
    },
  },
  clock: "Jam toko",
  clockHint: "Majukan jam untuk melihat QR kedaluwarsa tanpa menunggu.",
  addMinutes: (minutes) => `+${minutes} menit`,
  who: "Kamu sebagai",
  welcomeOwner: (channel) =>
    `Kamu pemilik toko: di #${channel} kamu membaca apa yang perlu dilihat orang.`,
  decline: "Tolak",
  payLate: "Kirim uangnya juga",
  sent: "Uang terkirim",
  sentDetail: "Toko melihatnya sebentar lagi; lihat apa yang dilakukannya.",
  trouble: "Buat sesuatu gagal",
  troubleHint:
    "Sekali tekan, panggilan berikutnya gagal begitu. Uang dan pesanan tetap harus benar.",
  troubles: {
    webhook_lost: "Midtrans: kabar pembayaran hilang",
    webhook_thrice: "Midtrans: kabar yang sama tiga kali",
    webhook_forged: "Midtrans: kabar palsu",
    pays_short: "GoPay: kurang bayar Rp 1.000",
    charge_lost: "Midtrans: jawaban tagihan hilang",
    purchase_lost: "Digiflazz: jawaban pembelian hilang",
    purchase_refused: "Digiflazz: pembelian ditolak",
    supplier_refuses_us: "Digiflazz: menolak toko ini",
    nickname_down: "Cek nama akun mati",
    connection_cut: "Discord: sambungan bot putus",
    pressed_twice: "Discord: satu klik datang dua kali",
    message_lost: "Discord: pesan gagal ditampilkan",
  },
  troubleWaits: (what) => `Menunggu panggilan berikutnya: ${what}`,
  troubleRefused: "Pihak itu tidak menjawab. Coba lagi.",
  closesDirect: (person) => `${person} menutup pesan langsung dari bot`,
};

const english: Texts = {
  playground: "Playground",
  language: "Language",
  loading: "Opening the conversation…",
  unreachable: "The shop does not answer yet. Trying again…",
  reconnecting: "Reconnecting…",
  conversation: "Conversation",
  app: "APP",
  direct: "Direct message",
  used: (user, command) => `${user} used ${command ?? "a command"}`,
  onlyYou: "Only you can see this",
  thinking: (bot) => `${bot} is thinking…`,
  failed: "This interaction failed",
  newTab: "(opens a new tab)",
  welcome: (channel) => `Welcome to #${channel}`,
  welcomeDetail:
    "This Discord is simulated: the shop is real, the money and the diamonds are not. Type\u00a0/ to see the commands, pay with the phone.",
  tryFirst: "Try",
  tryFailure: "Try a failure",
  failures: [
    ["404…", "a player id that starts so: account not found"],
    ["503…", "the account look-up is down"],
    ["99954…", "the supplier refuses: wrong number, money comes back"],
    ["99953…", "the supplier refuses: product unavailable"],
    ["99902…", "the supplier accepts first, then fails"],
    ["99900…", "the supplier's answer is lost on the way"],
    ["99903…", "the supplier is silent; it succeeds when asked again after a minute"],
  ],
  commands: "Commands",
  suggestions: "Suggestions",
  linePlaceholder: "Type / for commands",
  send: "Send",
  noBot: "No commands yet: the bot is not connected.",
  unknownCommand: "There is no such command. Type / to see the list.",
  onlyCommands: "Only commands here. Start with /.",
  cancelCommand: (command) => `Cancel ${command}`,
  optional: "optional",
  missing: (option) => `Fill in “${option}” first.`,
  notAChoice: (option) => `Choose “${option}” from the list.`,
  notANumber: (option) => `“${option}” must be a number.`,
  yes: "Yes",
  no: "No",
  choose: "Choose…",
  cancel: "Cancel",
  submit: "Submit",
  required: "This is required.",
  tooShort: (length) => `At least ${length} characters.`,
  phone: "Phone and shop clock",
  phoneToggle: "Phone",
  wallet: "GoPay (simulated)",
  walletHint: "Ask for a QR in the conversation, then scan it here.",
  scan: "Scan QR",
  scanning: "Scanning…",
  link: "Or paste a payment link",
  openLink: "Open",
  payTo: "Pay to",
  expiresIn: "Valid for",
  pay: "Pay",
  paying: "Paying…",
  close: "Close",
  paid: "Payment successful",
  paidDetail: (merchant) => `${merchant} has received the money.`,
  done: "Done",
  back: "Back",
  problems: {
    no_qr: {
      title: "No QR found",
      detail: "There is no readable QR code in the conversation. Ask for one with a command.",
    },
    unknown: {
      title: "Unknown code",
      detail: "The wallet does not know this code or link. No money has left.",
    },
    expired: {
      title: "Expired",
      detail: "The time to pay is over. No money has left; place a new order.",
    },
    paid: { title: "Already paid", detail: "This bill is settled. You are not charged twice." },
    cancelled: { title: "Cancelled", detail: "The shop cancelled this bill. No money has left." },
    unreachable: {
      title: "The wallet does not answer",
      detail: "It is not clear whether money left. Scan again to see the status.",
    },
  },
  clock: "Shop clock",
  clockHint: "Move the clock to see a QR expire without waiting.",
  addMinutes: (minutes) => (minutes === 1 ? "+1 minute" : `+${minutes} minutes`),
  who: "You are",
  welcomeOwner: (channel) =>
    `You own the shop: in #${channel} you read what somebody must look at.`,
  decline: "Decline",
  payLate: "Send the money all the same",
  sent: "Money sent",
  sentDetail: "The shop sees it in a moment; watch what it does.",
  trouble: "Make something fail",
  troubleHint: "One press, and the next such call fails. Money and orders must still be right.",
  troubles: {
    webhook_lost: "Midtrans: word of the payment is lost",
    webhook_thrice: "Midtrans: the same word three times",
    webhook_forged: "Midtrans: a forged word",
    pays_short: "GoPay: Rp 1.000 too little is paid",
    charge_lost: "Midtrans: the answer to the charge is lost",
    purchase_lost: "Digiflazz: the answer to the purchase is lost",
    purchase_refused: "Digiflazz: the purchase is refused",
    supplier_refuses_us: "Digiflazz: refuses this shop",
    nickname_down: "The account look-up is down",
    connection_cut: "Discord: the bot's line is cut",
    pressed_twice: "Discord: one click arrives twice",
    message_lost: "Discord: a message cannot be shown",
  },
  troubleWaits: (what) => `Waiting for the next call: ${what}`,
  troubleRefused: "That party does not answer. Try again.",
  closesDirect: (person) => `${person} takes no direct messages from bots`,
};

export const texts: Readonly<Record<Locale, Texts>> = { id, "en-US": english };
