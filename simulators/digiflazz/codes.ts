/** Digiflazz' response codes as its documents list them: the message and whether a record is kept. */

interface Code {
  readonly message: string;
  /** Formed: HTTP 200 and a record. Otherwise a rejection: HTTP 4xx and nothing came to be. */
  readonly formed: boolean;
}

const formed = (message: string): Code => ({ message, formed: true });
const rejected = (message: string): Code => ({ message, formed: false });

export const codes: Readonly<Record<string, Code>> = {
  "00": formed("Transaksi Sukses"),
  "01": formed("Timeout"),
  "02": formed("Transaksi Gagal"),
  "03": formed("Transaksi Pending"),
  "40": rejected("Payload Error"),
  "41": rejected("Signature tidak valid"),
  "42": rejected("Gagal Memproses API Buyer"),
  "43": rejected("SKU tidak ditemukan atau Non-Aktif"),
  "44": rejected("Saldo tidak cukup"),
  "45": rejected("IP Anda tidak kami kenali"),
  "47": rejected("Transaksi sudah terjadi di buyer lain"),
  "49": rejected("Ref ID tidak unik"),
  "50": formed("Transaksi Tidak Ditemukan"),
  "51": formed("Nomor Tujuan Diblokir"),
  "52": formed("Prefix Tidak Sesuai Dengan Operator"),
  "53": formed("Produk Seller Sedang Tidak Tersedia"),
  "54": formed("Nomor Tujuan Salah"),
  "55": formed("Produk Sedang Gangguan"),
  "56": rejected("Limit saldo seller"),
  "57": formed("Jumlah Digit Kurang Atau Lebih"),
  "58": formed("Sedang Cut Off"),
  "59": formed("Tujuan di Luar Wilayah/Cluster"),
  "60": formed("Tagihan belum tersedia"),
  "61": rejected("Belum pernah melakukan deposit"),
  "62": rejected("Seller sedang mengalami gangguan"),
  "63": rejected("Tidak support transaksi multi"),
  "64": rejected("Tarik tiket gagal, coba nominal lain"),
  "65": rejected("Limit transaksi multi"),
  "66": rejected("Cut Off (Perbaikan Sistem Seller)"),
  "67": rejected("Seller belum terverifikasi"),
  "68": rejected("Stok habis"),
  "69": rejected("Harga seller lebih besar dari ketentuan harga Buyer"),
  "70": formed("Timeout Dari Biller"),
  "71": formed("Produk Sedang Tidak Stabil"),
  "72": formed("Lakukan Unreg Paket Dahulu"),
  "73": formed("Kwh Melebihi Batas"),
  "74": formed("Transaksi Refund"),
  "80": rejected("Akun Anda telah diblokir oleh Seller"),
  "81": rejected("Seller ini telah diblokir oleh Anda"),
  "82": rejected("Akun Anda belum terverifikasi"),
  "83": rejected("Limitasi pengecekan pricelist, silahkan coba beberapa saat lagi"),
  "84": formed("Nominal tidak valid"),
  "85": formed("Limitasi transaksi, silahkan coba 1 menit lagi"),
  "86": rejected("Limitasi pengecekan nomor PLN"),
  "87": rejected("Transaksi e-money wajib kelipatan Rp 1.000"),
  "88": rejected("Akun Anda tidak diizinkan melakukan ini"),
  "99": formed("DF Router Issue"),
};

export function messageOf(rc: string): string {
  return codes[rc]?.message ?? "Transaksi Gagal";
}

export interface Answer {
  readonly status: number;
  readonly data: object;
}

/** A rejection. Which ones come with 401 is not documented; 400 is typical, 401 has been seen. */
export function reject(rc: string, more: object = {}): Answer {
  const data = { status: "Gagal", rc, message: messageOf(rc) };
  return { status: rc === "45" ? 401 : 400, data: { ...data, sn: "", price: 0, ...more } };
}
