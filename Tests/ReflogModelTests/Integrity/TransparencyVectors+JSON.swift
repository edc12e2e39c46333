extension TransparencyVectors {
  /// A log of thirteen entries as Go's `sumdb/note` and `sumdb/tlog` and Tessera's `fsck` know it: its key, leaf hashes,
  /// roots, checkpoints and proofs, and the cosignature of a witness.
  static let json = #"""
    {
     "origin": "audit.example/b2c-userflows",
     "seed_hex": "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "public_key_hex": "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8",
     "key_id_hex": "b5efd492",
     "vkey": "audit.example/b2c-userflows+b5efd492+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
     "entries": [
      "entry-0",
      "entry-1",
      "entry-2",
      "entry-3",
      "entry-4",
      "entry-5",
      "entry-6",
      "entry-7",
      "entry-8",
      "entry-9",
      "entry-10",
      "entry-11",
      "entry-12"
     ],
     "leaf_hash_hex": [
      "40766b2033429026f53d54502679a839706b4741f8dcaf3a8bba5f41b5ffe075",
      "e868811a482c27d50b6d45dde79c465d6adb9b06645100477a90cf3d8518898b",
      "049d7dcdb56bcfebd313304c9839f196a3d4b6ef3bdc0b08298f93ac8191f0a8",
      "27479b6ab321d2ee477452f68ba527748e863cafe8fbd1df2bf89d1570d1b697",
      "194bb5a2d5bd10e5d1aa6fd5d42980b356caf1da623cd9987c4bfa2f81771ed7",
      "514158527515064c7bbd35b44c9f11addcfc38b439554fc9bb0d8b7c661c3e8f",
      "0cfda576ff4b29ea33c3afdaeed1bd637eb654b28a04302fcab5fd7db07801cc",
      "c8d81ba4fdd46c6c3c73c87b209eeaf944cf511327211f1f9a81586cf7d4d5a4",
      "4e7e5d979498070a56c5fdab1eaa86d30d1f5f903bf245373151191d7ce5c0aa",
      "4db38d9ba70d61ab5de590d178cf1faaeba472770e935e401bb46fa75cc4aff1",
      "eb604e051e79ce92e886f4833de93dcfc7e1c4433e75fd5ae15c904ecf7b4647",
      "5b0dd1c265fcb991f5423cf42faf7c48a15f1c473adbfd2aeeeabc5a8d04da65",
      "62f2725ac8bfff3f113f0c66200c3a8b56d88d865e85f09c3fa957f9a67ece43"
     ],
     "empty_root_hex": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
     "roots_hex": {
      "0": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "1": "40766b2033429026f53d54502679a839706b4741f8dcaf3a8bba5f41b5ffe075",
      "2": "2f27a5082c1d42afa488ac350a9fc4390c084f54f71ecdff859e98db8429b479",
      "3": "a64bf26e09128f6fe2fe6f8b2d8c801e166b57c047a7cd9b2b809e7a96a2f1cb",
      "4": "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb",
      "5": "1aa68d3074905a581f84cbbd0f753794904fd80451bc4c13e69d9a53bc59502c",
      "6": "08783a523d260480de2ccf0976d7411ed8adaf06f75d5a5de2254c58f968eca9",
      "7": "9139601cc1ca8ab2a7a0c2c134c04845f2b1ba549a83d6c845cfcda439cc585d",
      "8": "dfcc13b9b0ca932c68de3d59eaaa8fe266a9c8091c0300e8405ebfeb0d0e5832",
      "9": "12f4efa8ca23286c700af22893801cff9e72c58ed63a7316c30a87cf17bd5126",
      "10": "a1bb5d70778502eeccb4a709fa521fdf29b46e99d06fb165df4c0fca6cab0ce0",
      "11": "25c1ff5eeba88fc8e8d1bf992182ed09141eae23a12d56f7682cc9cef85169c5",
      "12": "6ee7774adf624b75519ef8f1fb8c7425d61a638373e3417a5854c38c00d33b74",
      "13": "96a5a87ed7ac60e0c1b3dbd8d68227ee37e2971a9269db7e93a2a02ced3f7160"
     },
     "checkpoints": {
      "0": "audit.example/b2c-userflows\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— audit.example/b2c-userflows te/UkiJRM0CbxVfre5maxMoPdpJFPN6QSMO1Fxd189HmvmZReYKWuCsuLvPbpT5pLp6fleG1cJ/eNZjFo0m5kzf3cgQ=\n",
      "1": "audit.example/b2c-userflows\n1\nQHZrIDNCkCb1PVRQJnmoOXBrR0H43K86i7pfQbX/4HU=\n\n— audit.example/b2c-userflows te/Ukg551AwG7Mmnngn5qyG/99VMWE1heHnRci2yr3lgqEUvO6FHtVJ4GK4XFgmx2kTjb18zDdf680JsbkseOZxdSQk=\n",
      "7": "audit.example/b2c-userflows\n7\nkTlgHMHKirKnoMLBNMBIRfKxulSag9bIRc/NpDnMWF0=\n\n— audit.example/b2c-userflows te/UkguDBBkgGBLBkRSCAO5trwQF/FOz6yvLXAR7aTvnA4h5Wxfa5//P3mEHsVIPpzzOK73FK2+nVgfPPohQKzjvtw0=\n",
      "13": "audit.example/b2c-userflows\n13\nlqWoftesYODBs9vY1oIn7jfilxqSadt+k6KgLO0/cWA=\n\n— audit.example/b2c-userflows te/UkpBTWZDxzO5rm6+jxjywd0mh528DljvsSvmhszhzBlYw6zLI5m0ZLjBtiOLeYfCHWHIUt/FZrQ31rjSaUsFQxgc=\n"
     },
     "inclusion": {
      "0/1": [],
      "0/2": [
       "e868811a482c27d50b6d45dde79c465d6adb9b06645100477a90cf3d8518898b"
      ],
      "1/2": [
       "40766b2033429026f53d54502679a839706b4741f8dcaf3a8bba5f41b5ffe075"
      ],
      "0/3": [
       "e868811a482c27d50b6d45dde79c465d6adb9b06645100477a90cf3d8518898b",
       "049d7dcdb56bcfebd313304c9839f196a3d4b6ef3bdc0b08298f93ac8191f0a8"
      ],
      "1/3": [
       "40766b2033429026f53d54502679a839706b4741f8dcaf3a8bba5f41b5ffe075",
       "049d7dcdb56bcfebd313304c9839f196a3d4b6ef3bdc0b08298f93ac8191f0a8"
      ],
      "2/3": [
       "2f27a5082c1d42afa488ac350a9fc4390c084f54f71ecdff859e98db8429b479"
      ],
      "0/7": [
       "e868811a482c27d50b6d45dde79c465d6adb9b06645100477a90cf3d8518898b",
       "b17003e0b3bbc81fe116edb140c39727254849cc4652b0f7c4f26f8b9d9f987d",
       "e429c5b5ccaa9523c37297f1846766f903137e82195c5199e6be57130d1006c8"
      ],
      "1/7": [
       "40766b2033429026f53d54502679a839706b4741f8dcaf3a8bba5f41b5ffe075",
       "b17003e0b3bbc81fe116edb140c39727254849cc4652b0f7c4f26f8b9d9f987d",
       "e429c5b5ccaa9523c37297f1846766f903137e82195c5199e6be57130d1006c8"
      ],
      "2/7": [
       "27479b6ab321d2ee477452f68ba527748e863cafe8fbd1df2bf89d1570d1b697",
       "2f27a5082c1d42afa488ac350a9fc4390c084f54f71ecdff859e98db8429b479",
       "e429c5b5ccaa9523c37297f1846766f903137e82195c5199e6be57130d1006c8"
      ],
      "3/7": [
       "049d7dcdb56bcfebd313304c9839f196a3d4b6ef3bdc0b08298f93ac8191f0a8",
       "2f27a5082c1d42afa488ac350a9fc4390c084f54f71ecdff859e98db8429b479",
       "e429c5b5ccaa9523c37297f1846766f903137e82195c5199e6be57130d1006c8"
      ],
      "4/7": [
       "514158527515064c7bbd35b44c9f11addcfc38b439554fc9bb0d8b7c661c3e8f",
       "0cfda576ff4b29ea33c3afdaeed1bd637eb654b28a04302fcab5fd7db07801cc",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb"
      ],
      "5/7": [
       "194bb5a2d5bd10e5d1aa6fd5d42980b356caf1da623cd9987c4bfa2f81771ed7",
       "0cfda576ff4b29ea33c3afdaeed1bd637eb654b28a04302fcab5fd7db07801cc",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb"
      ],
      "6/7": [
       "4a136a70087b637e34c3d3daa6cea768b1db13ec475902d2e240b60e3d999c7a",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb"
      ],
      "0/8": [
       "e868811a482c27d50b6d45dde79c465d6adb9b06645100477a90cf3d8518898b",
       "b17003e0b3bbc81fe116edb140c39727254849cc4652b0f7c4f26f8b9d9f987d",
       "5b6680e3035dba9b8a221ee819e805e1c17b333cd66664e76402ea43d7b64a83"
      ],
      "1/8": [
       "40766b2033429026f53d54502679a839706b4741f8dcaf3a8bba5f41b5ffe075",
       "b17003e0b3bbc81fe116edb140c39727254849cc4652b0f7c4f26f8b9d9f987d",
       "5b6680e3035dba9b8a221ee819e805e1c17b333cd66664e76402ea43d7b64a83"
      ],
      "2/8": [
       "27479b6ab321d2ee477452f68ba527748e863cafe8fbd1df2bf89d1570d1b697",
       "2f27a5082c1d42afa488ac350a9fc4390c084f54f71ecdff859e98db8429b479",
       "5b6680e3035dba9b8a221ee819e805e1c17b333cd66664e76402ea43d7b64a83"
      ],
      "3/8": [
       "049d7dcdb56bcfebd313304c9839f196a3d4b6ef3bdc0b08298f93ac8191f0a8",
       "2f27a5082c1d42afa488ac350a9fc4390c084f54f71ecdff859e98db8429b479",
       "5b6680e3035dba9b8a221ee819e805e1c17b333cd66664e76402ea43d7b64a83"
      ],
      "4/8": [
       "514158527515064c7bbd35b44c9f11addcfc38b439554fc9bb0d8b7c661c3e8f",
       "d448059354605305bf936aa6a0e4c709321c960e2ba6c921b98b9a165319cbe2",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb"
      ],
      "5/8": [
       "194bb5a2d5bd10e5d1aa6fd5d42980b356caf1da623cd9987c4bfa2f81771ed7",
       "d448059354605305bf936aa6a0e4c709321c960e2ba6c921b98b9a165319cbe2",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb"
      ],
      "6/8": [
       "c8d81ba4fdd46c6c3c73c87b209eeaf944cf511327211f1f9a81586cf7d4d5a4",
       "4a136a70087b637e34c3d3daa6cea768b1db13ec475902d2e240b60e3d999c7a",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb"
      ],
      "7/8": [
       "0cfda576ff4b29ea33c3afdaeed1bd637eb654b28a04302fcab5fd7db07801cc",
       "4a136a70087b637e34c3d3daa6cea768b1db13ec475902d2e240b60e3d999c7a",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb"
      ],
      "0/13": [
       "e868811a482c27d50b6d45dde79c465d6adb9b06645100477a90cf3d8518898b",
       "b17003e0b3bbc81fe116edb140c39727254849cc4652b0f7c4f26f8b9d9f987d",
       "5b6680e3035dba9b8a221ee819e805e1c17b333cd66664e76402ea43d7b64a83",
       "d482cd9b9a5abf2c2026a17333398623ac30a0feff241fee9dc1922b9551f722"
      ],
      "1/13": [
       "40766b2033429026f53d54502679a839706b4741f8dcaf3a8bba5f41b5ffe075",
       "b17003e0b3bbc81fe116edb140c39727254849cc4652b0f7c4f26f8b9d9f987d",
       "5b6680e3035dba9b8a221ee819e805e1c17b333cd66664e76402ea43d7b64a83",
       "d482cd9b9a5abf2c2026a17333398623ac30a0feff241fee9dc1922b9551f722"
      ],
      "2/13": [
       "27479b6ab321d2ee477452f68ba527748e863cafe8fbd1df2bf89d1570d1b697",
       "2f27a5082c1d42afa488ac350a9fc4390c084f54f71ecdff859e98db8429b479",
       "5b6680e3035dba9b8a221ee819e805e1c17b333cd66664e76402ea43d7b64a83",
       "d482cd9b9a5abf2c2026a17333398623ac30a0feff241fee9dc1922b9551f722"
      ],
      "3/13": [
       "049d7dcdb56bcfebd313304c9839f196a3d4b6ef3bdc0b08298f93ac8191f0a8",
       "2f27a5082c1d42afa488ac350a9fc4390c084f54f71ecdff859e98db8429b479",
       "5b6680e3035dba9b8a221ee819e805e1c17b333cd66664e76402ea43d7b64a83",
       "d482cd9b9a5abf2c2026a17333398623ac30a0feff241fee9dc1922b9551f722"
      ],
      "4/13": [
       "514158527515064c7bbd35b44c9f11addcfc38b439554fc9bb0d8b7c661c3e8f",
       "d448059354605305bf936aa6a0e4c709321c960e2ba6c921b98b9a165319cbe2",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb",
       "d482cd9b9a5abf2c2026a17333398623ac30a0feff241fee9dc1922b9551f722"
      ],
      "5/13": [
       "194bb5a2d5bd10e5d1aa6fd5d42980b356caf1da623cd9987c4bfa2f81771ed7",
       "d448059354605305bf936aa6a0e4c709321c960e2ba6c921b98b9a165319cbe2",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb",
       "d482cd9b9a5abf2c2026a17333398623ac30a0feff241fee9dc1922b9551f722"
      ],
      "6/13": [
       "c8d81ba4fdd46c6c3c73c87b209eeaf944cf511327211f1f9a81586cf7d4d5a4",
       "4a136a70087b637e34c3d3daa6cea768b1db13ec475902d2e240b60e3d999c7a",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb",
       "d482cd9b9a5abf2c2026a17333398623ac30a0feff241fee9dc1922b9551f722"
      ],
      "7/13": [
       "0cfda576ff4b29ea33c3afdaeed1bd637eb654b28a04302fcab5fd7db07801cc",
       "4a136a70087b637e34c3d3daa6cea768b1db13ec475902d2e240b60e3d999c7a",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb",
       "d482cd9b9a5abf2c2026a17333398623ac30a0feff241fee9dc1922b9551f722"
      ],
      "8/13": [
       "4db38d9ba70d61ab5de590d178cf1faaeba472770e935e401bb46fa75cc4aff1",
       "58d338084b8638f6b392cefa9bd69545bbd4b02013bf105ff4ecd180a0ab6ce1",
       "62f2725ac8bfff3f113f0c66200c3a8b56d88d865e85f09c3fa957f9a67ece43",
       "dfcc13b9b0ca932c68de3d59eaaa8fe266a9c8091c0300e8405ebfeb0d0e5832"
      ],
      "9/13": [
       "4e7e5d979498070a56c5fdab1eaa86d30d1f5f903bf245373151191d7ce5c0aa",
       "58d338084b8638f6b392cefa9bd69545bbd4b02013bf105ff4ecd180a0ab6ce1",
       "62f2725ac8bfff3f113f0c66200c3a8b56d88d865e85f09c3fa957f9a67ece43",
       "dfcc13b9b0ca932c68de3d59eaaa8fe266a9c8091c0300e8405ebfeb0d0e5832"
      ],
      "10/13": [
       "5b0dd1c265fcb991f5423cf42faf7c48a15f1c473adbfd2aeeeabc5a8d04da65",
       "1a1381c863f0033dfb0569836a7f7419da13ce491ddf48110a08944350670339",
       "62f2725ac8bfff3f113f0c66200c3a8b56d88d865e85f09c3fa957f9a67ece43",
       "dfcc13b9b0ca932c68de3d59eaaa8fe266a9c8091c0300e8405ebfeb0d0e5832"
      ],
      "11/13": [
       "eb604e051e79ce92e886f4833de93dcfc7e1c4433e75fd5ae15c904ecf7b4647",
       "1a1381c863f0033dfb0569836a7f7419da13ce491ddf48110a08944350670339",
       "62f2725ac8bfff3f113f0c66200c3a8b56d88d865e85f09c3fa957f9a67ece43",
       "dfcc13b9b0ca932c68de3d59eaaa8fe266a9c8091c0300e8405ebfeb0d0e5832"
      ],
      "12/13": [
       "5a60c2276e9b6324524e953672fe6bc12832ce60e137a4315fdb9d854bc60e90",
       "dfcc13b9b0ca932c68de3d59eaaa8fe266a9c8091c0300e8405ebfeb0d0e5832"
      ]
     },
     "consistency": {
      "1->2": [
       "e868811a482c27d50b6d45dde79c465d6adb9b06645100477a90cf3d8518898b"
      ],
      "2->2": [],
      "1->7": [
       "e868811a482c27d50b6d45dde79c465d6adb9b06645100477a90cf3d8518898b",
       "b17003e0b3bbc81fe116edb140c39727254849cc4652b0f7c4f26f8b9d9f987d",
       "e429c5b5ccaa9523c37297f1846766f903137e82195c5199e6be57130d1006c8"
      ],
      "2->7": [
       "b17003e0b3bbc81fe116edb140c39727254849cc4652b0f7c4f26f8b9d9f987d",
       "e429c5b5ccaa9523c37297f1846766f903137e82195c5199e6be57130d1006c8"
      ],
      "3->7": [
       "049d7dcdb56bcfebd313304c9839f196a3d4b6ef3bdc0b08298f93ac8191f0a8",
       "27479b6ab321d2ee477452f68ba527748e863cafe8fbd1df2bf89d1570d1b697",
       "2f27a5082c1d42afa488ac350a9fc4390c084f54f71ecdff859e98db8429b479",
       "e429c5b5ccaa9523c37297f1846766f903137e82195c5199e6be57130d1006c8"
      ],
      "4->7": [
       "e429c5b5ccaa9523c37297f1846766f903137e82195c5199e6be57130d1006c8"
      ],
      "5->7": [
       "194bb5a2d5bd10e5d1aa6fd5d42980b356caf1da623cd9987c4bfa2f81771ed7",
       "514158527515064c7bbd35b44c9f11addcfc38b439554fc9bb0d8b7c661c3e8f",
       "0cfda576ff4b29ea33c3afdaeed1bd637eb654b28a04302fcab5fd7db07801cc",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb"
      ],
      "6->7": [
       "4a136a70087b637e34c3d3daa6cea768b1db13ec475902d2e240b60e3d999c7a",
       "0cfda576ff4b29ea33c3afdaeed1bd637eb654b28a04302fcab5fd7db07801cc",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb"
      ],
      "7->7": [],
      "1->8": [
       "e868811a482c27d50b6d45dde79c465d6adb9b06645100477a90cf3d8518898b",
       "b17003e0b3bbc81fe116edb140c39727254849cc4652b0f7c4f26f8b9d9f987d",
       "5b6680e3035dba9b8a221ee819e805e1c17b333cd66664e76402ea43d7b64a83"
      ],
      "2->8": [
       "b17003e0b3bbc81fe116edb140c39727254849cc4652b0f7c4f26f8b9d9f987d",
       "5b6680e3035dba9b8a221ee819e805e1c17b333cd66664e76402ea43d7b64a83"
      ],
      "3->8": [
       "049d7dcdb56bcfebd313304c9839f196a3d4b6ef3bdc0b08298f93ac8191f0a8",
       "27479b6ab321d2ee477452f68ba527748e863cafe8fbd1df2bf89d1570d1b697",
       "2f27a5082c1d42afa488ac350a9fc4390c084f54f71ecdff859e98db8429b479",
       "5b6680e3035dba9b8a221ee819e805e1c17b333cd66664e76402ea43d7b64a83"
      ],
      "4->8": [
       "5b6680e3035dba9b8a221ee819e805e1c17b333cd66664e76402ea43d7b64a83"
      ],
      "5->8": [
       "194bb5a2d5bd10e5d1aa6fd5d42980b356caf1da623cd9987c4bfa2f81771ed7",
       "514158527515064c7bbd35b44c9f11addcfc38b439554fc9bb0d8b7c661c3e8f",
       "d448059354605305bf936aa6a0e4c709321c960e2ba6c921b98b9a165319cbe2",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb"
      ],
      "6->8": [
       "4a136a70087b637e34c3d3daa6cea768b1db13ec475902d2e240b60e3d999c7a",
       "d448059354605305bf936aa6a0e4c709321c960e2ba6c921b98b9a165319cbe2",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb"
      ],
      "7->8": [
       "0cfda576ff4b29ea33c3afdaeed1bd637eb654b28a04302fcab5fd7db07801cc",
       "c8d81ba4fdd46c6c3c73c87b209eeaf944cf511327211f1f9a81586cf7d4d5a4",
       "4a136a70087b637e34c3d3daa6cea768b1db13ec475902d2e240b60e3d999c7a",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb"
      ],
      "8->8": [],
      "1->13": [
       "e868811a482c27d50b6d45dde79c465d6adb9b06645100477a90cf3d8518898b",
       "b17003e0b3bbc81fe116edb140c39727254849cc4652b0f7c4f26f8b9d9f987d",
       "5b6680e3035dba9b8a221ee819e805e1c17b333cd66664e76402ea43d7b64a83",
       "d482cd9b9a5abf2c2026a17333398623ac30a0feff241fee9dc1922b9551f722"
      ],
      "2->13": [
       "b17003e0b3bbc81fe116edb140c39727254849cc4652b0f7c4f26f8b9d9f987d",
       "5b6680e3035dba9b8a221ee819e805e1c17b333cd66664e76402ea43d7b64a83",
       "d482cd9b9a5abf2c2026a17333398623ac30a0feff241fee9dc1922b9551f722"
      ],
      "3->13": [
       "049d7dcdb56bcfebd313304c9839f196a3d4b6ef3bdc0b08298f93ac8191f0a8",
       "27479b6ab321d2ee477452f68ba527748e863cafe8fbd1df2bf89d1570d1b697",
       "2f27a5082c1d42afa488ac350a9fc4390c084f54f71ecdff859e98db8429b479",
       "5b6680e3035dba9b8a221ee819e805e1c17b333cd66664e76402ea43d7b64a83",
       "d482cd9b9a5abf2c2026a17333398623ac30a0feff241fee9dc1922b9551f722"
      ],
      "4->13": [
       "5b6680e3035dba9b8a221ee819e805e1c17b333cd66664e76402ea43d7b64a83",
       "d482cd9b9a5abf2c2026a17333398623ac30a0feff241fee9dc1922b9551f722"
      ],
      "5->13": [
       "194bb5a2d5bd10e5d1aa6fd5d42980b356caf1da623cd9987c4bfa2f81771ed7",
       "514158527515064c7bbd35b44c9f11addcfc38b439554fc9bb0d8b7c661c3e8f",
       "d448059354605305bf936aa6a0e4c709321c960e2ba6c921b98b9a165319cbe2",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb",
       "d482cd9b9a5abf2c2026a17333398623ac30a0feff241fee9dc1922b9551f722"
      ],
      "6->13": [
       "4a136a70087b637e34c3d3daa6cea768b1db13ec475902d2e240b60e3d999c7a",
       "d448059354605305bf936aa6a0e4c709321c960e2ba6c921b98b9a165319cbe2",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb",
       "d482cd9b9a5abf2c2026a17333398623ac30a0feff241fee9dc1922b9551f722"
      ],
      "7->13": [
       "0cfda576ff4b29ea33c3afdaeed1bd637eb654b28a04302fcab5fd7db07801cc",
       "c8d81ba4fdd46c6c3c73c87b209eeaf944cf511327211f1f9a81586cf7d4d5a4",
       "4a136a70087b637e34c3d3daa6cea768b1db13ec475902d2e240b60e3d999c7a",
       "256b9e8825e5d370a4ae005d0901ea291977e2927f5cf8e3e72660dd09519edb",
       "d482cd9b9a5abf2c2026a17333398623ac30a0feff241fee9dc1922b9551f722"
      ],
      "8->13": [
       "d482cd9b9a5abf2c2026a17333398623ac30a0feff241fee9dc1922b9551f722"
      ],
      "9->13": [
       "4e7e5d979498070a56c5fdab1eaa86d30d1f5f903bf245373151191d7ce5c0aa",
       "4db38d9ba70d61ab5de590d178cf1faaeba472770e935e401bb46fa75cc4aff1",
       "58d338084b8638f6b392cefa9bd69545bbd4b02013bf105ff4ecd180a0ab6ce1",
       "62f2725ac8bfff3f113f0c66200c3a8b56d88d865e85f09c3fa957f9a67ece43",
       "dfcc13b9b0ca932c68de3d59eaaa8fe266a9c8091c0300e8405ebfeb0d0e5832"
      ],
      "10->13": [
       "1a1381c863f0033dfb0569836a7f7419da13ce491ddf48110a08944350670339",
       "58d338084b8638f6b392cefa9bd69545bbd4b02013bf105ff4ecd180a0ab6ce1",
       "62f2725ac8bfff3f113f0c66200c3a8b56d88d865e85f09c3fa957f9a67ece43",
       "dfcc13b9b0ca932c68de3d59eaaa8fe266a9c8091c0300e8405ebfeb0d0e5832"
      ],
      "11->13": [
       "eb604e051e79ce92e886f4833de93dcfc7e1c4433e75fd5ae15c904ecf7b4647",
       "5b0dd1c265fcb991f5423cf42faf7c48a15f1c473adbfd2aeeeabc5a8d04da65",
       "1a1381c863f0033dfb0569836a7f7419da13ce491ddf48110a08944350670339",
       "62f2725ac8bfff3f113f0c66200c3a8b56d88d865e85f09c3fa957f9a67ece43",
       "dfcc13b9b0ca932c68de3d59eaaa8fe266a9c8091c0300e8405ebfeb0d0e5832"
      ],
      "12->13": [
       "5a60c2276e9b6324524e953672fe6bc12832ce60e137a4315fdb9d854bc60e90",
       "62f2725ac8bfff3f113f0c66200c3a8b56d88d865e85f09c3fa957f9a67ece43",
       "dfcc13b9b0ca932c68de3d59eaaa8fe266a9c8091c0300e8405ebfeb0d0e5832"
      ],
      "13->13": []
     },
     "witness": {
      "name": "witness.example/w1",
      "seed_hex": "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
      "vkey": "witness.example/w1+20324abe+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X",
      "timestamp": 1700000000,
      "signed_message": "cosignature/v1\ntime 1700000000\naudit.example/b2c-userflows\n13\nlqWoftesYODBs9vY1oIn7jfilxqSadt+k6KgLO0/cWA=\n",
      "cosignature_line": "— witness.example/w1 IDJKvgAAAABlU/EAKOffbP7eUy3drvNcn4mDGVoYxEiCVAR2tiBEJDujes5/r++43B4kTGcxV8xwaZlXgYZ+sSqa63gB9hcfsPPVCA==\n",
      "cosigned_checkpoint": "audit.example/b2c-userflows\n13\nlqWoftesYODBs9vY1oIn7jfilxqSadt+k6KgLO0/cWA=\n\n— audit.example/b2c-userflows te/UkpBTWZDxzO5rm6+jxjywd0mh528DljvsSvmhszhzBlYw6zLI5m0ZLjBtiOLeYfCHWHIUt/FZrQ31rjSaUsFQxgc=\n— witness.example/w1 IDJKvgAAAABlU/EAKOffbP7eUy3drvNcn4mDGVoYxEiCVAR2tiBEJDujes5/r++43B4kTGcxV8xwaZlXgYZ+sSqa63gB9hcfsPPVCA==\n"
     },
     "add_checkpoint_request": "old 7\nDP2ldv9LKeozw6/a7tG9Y362VLKKBDAvyrX9fbB4Acw=\nyNgbpP3UbGw8c8h7IJ7q+UTPURMnIR8fmoFYbPfU1aQ=\nShNqcAh7Y340w9Paps6naLHbE+xHWQLS4kC2Dj2ZnHo=\nJWueiCXl03CkrgBdCQHqKRl34pJ/XPjj5yZg3QlRnts=\n1ILNm5pavywgJqFzMzmGI6wwoP7/JB/uncGSK5VR9yI=\n\naudit.example/b2c-userflows\n13\nlqWoftesYODBs9vY1oIn7jfilxqSadt+k6KgLO0/cWA=\n\n— audit.example/b2c-userflows te/UkpBTWZDxzO5rm6+jxjywd0mh528DljvsSvmhszhzBlYw6zLI5m0ZLjBtiOLeYfCHWHIUt/FZrQ31rjSaUsFQxgc=\n",
     "tlog_proof_entry5_size13": "c2sp.org/tlog-proof@v1\nindex 5\nGUu1otW9EOXRqm/V1CmAs1bK8dpiPNmYfEv6L4F3Htc=\n1EgFk1RgUwW/k2qmoOTHCTIclg4rpskhuYuaFlMZy+I=\nJWueiCXl03CkrgBdCQHqKRl34pJ/XPjj5yZg3QlRnts=\n1ILNm5pavywgJqFzMzmGI6wwoP7/JB/uncGSK5VR9yI=\n\naudit.example/b2c-userflows\n13\nlqWoftesYODBs9vY1oIn7jfilxqSadt+k6KgLO0/cWA=\n\n— audit.example/b2c-userflows te/UkpBTWZDxzO5rm6+jxjywd0mh528DljvsSvmhszhzBlYw6zLI5m0ZLjBtiOLeYfCHWHIUt/FZrQ31rjSaUsFQxgc=\n— witness.example/w1 IDJKvgAAAABlU/EAKOffbP7eUy3drvNcn4mDGVoYxEiCVAR2tiBEJDujes5/r++43B4kTGcxV8xwaZlXgYZ+sSqa63gB9hcfsPPVCA==\n"
    }
    """#
}
