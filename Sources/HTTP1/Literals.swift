// The words that HTTP/1 gives a meaning to a proxy, as little-endian words of eight bytes.
//
// Spelled as numbers because neither a string nor a loop over one is folded reliably at compile time; folding them
// at run time made a third of the cost of a head. A test spells each of them out.

extension Literal {
    // MARK: Names of fields

    /// te
    @inline(__always) static var te: Literal { Literal(2, 0x6574) }
    /// host
    @inline(__always) static var host: Literal { Literal(4, 0x7473_6F68) }
    /// expect
    @inline(__always) static var expect: Literal { Literal(6, 0x7463_6570_7865) }
    /// cookie
    @inline(__always) static var cookie: Literal { Literal(6, 0x6569_6B6F_6F63) }
    /// upgrade
    @inline(__always) static var upgrade: Literal { Literal(7, 0x0065_6461_7267_7075) }
    /// connection
    @inline(__always) static var connection: Literal { Literal(10, 0x6974_6365_6E6E_6F63, 0x6E6F) }
    /// keep-alive
    @inline(__always) static var keepAlive: Literal { Literal(10, 0x696C_612D_7065_656B, 0x6576) }
    /// content-length
    @inline(__always) static var contentLength: Literal { Literal(14, 0x2D74_6E65_746E_6F63, 0x6874_676E_656C) }
    /// http2-settings
    @inline(__always) static var http2Settings: Literal { Literal(14, 0x6573_2D32_7074_7468, 0x7367_6E69_7474) }
    /// proxy-connection
    @inline(__always) static var proxyConnection: Literal { Literal(16, 0x6F63_2D79_786F_7270, 0x6E6F_6974_6365_6E6E) }
    /// transfer-encoding
    @inline(__always) static var transferEncoding: Literal {
        Literal(17, 0x7265_6673_6E61_7274, 0x6E69_646F_636E_652D, 0x67)
    }

    // MARK: Transfer codings

    /// chunked
    @inline(__always) static var chunked: Literal { Literal(7, 0x0064_656B_6E75_6863) }
    /// gzip
    @inline(__always) static var gzip: Literal { Literal(4, 0x7069_7A67) }
    /// deflate
    @inline(__always) static var deflate: Literal { Literal(7, 0x0065_7461_6C66_6564) }
    /// compress
    @inline(__always) static var compress: Literal { Literal(8, 0x7373_6572_706D_6F63) }
    /// x-gzip
    @inline(__always) static var xGzip: Literal { Literal(6, 0x7069_7A67_2D78) }
    /// x-compress
    @inline(__always) static var xCompress: Literal { Literal(10, 0x6572_706D_6F63_2D78, 0x7373) }

    // MARK: Other values

    /// close
    @inline(__always) static var close: Literal { Literal(5, 0x0065_736F_6C63) }
    /// trailers
    @inline(__always) static var trailers: Literal { Literal(8, 0x7372_656C_6961_7274) }
    /// 100-continue
    @inline(__always) static var continue100: Literal { Literal(12, 0x746E_6F63_2D30_3031, 0x6575_6E69) }
    /// h2
    @inline(__always) static var http2Prefix: Literal { Literal(2, 0x3268) }

    // MARK: Parts of first lines, whose case counts

    /// CONNECT
    @inline(__always) static var connectMethod: Literal { Literal(7, 0x0054_4345_4E4E_4F43) }
    /// HEAD
    @inline(__always) static var headMethod: Literal { Literal(4, 0x4441_4548) }
    /// OPTIONS
    @inline(__always) static var optionsMethod: Literal { Literal(7, 0x0053_4E4F_4954_504F) }
    /// HTTP/
    @inline(__always) static var versionPrefix: Literal { Literal(5, 0x002F_5054_5448) }
    /// HTTP/1.0
    @inline(__always) static var version10: Literal { Literal(8, 0x302E_312F_5054_5448) }
    /// HTTP/1.1
    @inline(__always) static var version11: Literal { Literal(8, 0x312E_312F_5054_5448) }

    // MARK: Parts of targets

    /// ://
    @inline(__always) static var schemeEnd: Literal { Literal(3, 0x002F_2F3A) }
    /// :80
    @inline(__always) static var port80: Literal { Literal(3, 0x0030_383A) }
    /// :443
    @inline(__always) static var port443: Literal { Literal(4, 0x3334_343A) }
}
