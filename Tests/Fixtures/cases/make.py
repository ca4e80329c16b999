# Makes all files of this folder, beside itself. Needs numpy, pandas, h5py, pillow, scipy. scripts/check-cases.sh compares what
# BatchUp reads with what these read.
import os
import numpy as np, pandas as pd, h5py, gzip, struct, scipy.io
from PIL import Image
os.chdir(os.path.dirname(os.path.abspath(__file__)))
w = lambda n, t: open(n, 'wb').write(t if isinstance(t, bytes) else t.encode())
# 1 headers
pd.DataFrame(np.arange(6).reshape(3, 2) + .5).to_csv('header_pandas_default.csv')
w('header_inf.csv', 'year,unem,inf\n1948,3.8,8.1\n1949,5.9,-1.2\n')
w('header_years.csv', 'country,1990,1991\nx,1,2\ny,3,4\n')
# 2 bit fields
with h5py.File('bitfield8.h5', 'w') as f:
    d = h5py.h5d.create(f.id, b'flags', h5py.h5t.STD_B8LE, h5py.h5s.create_simple((5,)))
    d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([0, 1, 2, 3, 255], 'u1'), mtype=h5py.h5t.STD_B8LE)
with h5py.File('bitfields.h5', 'w') as f:
    for n, t, o in ('b16', h5py.h5t.STD_B16BE, '>u2'), ('b32', h5py.h5t.STD_B32LE, '<u4'), ('b64', h5py.h5t.STD_B64BE, '>u8'):
        d = h5py.h5d.create(f.id, n.encode(), t, h5py.h5s.create_simple((3,)))
        d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([1, 2, 0xfffe], o), mtype=t)
    f.create_dataset('colors', data=[2, 0, 1], dtype=h5py.enum_dtype({'red': 0, 'green': 1, 'blue': 2}, basetype='<i2'))
    f['truth'] = np.array([True, False, True])
# 3 missing values
for n, s in dict(NULL='NULL', none='None', question='?', hash='#N/A').items():
    w('missing_%s.csv' % n, 'a,b\n10,2\n%s,3\n7,4\n' % s)
# 4 large integers
w('big_integers.csv', 'id\n9007199254740993\n9007199254740995\n')
# 5 filters
with h5py.File('lzf.h5', 'w') as f: f.create_dataset('x', data=np.arange(100.), compression='lzf')
with h5py.File('lzf_chunks.h5', 'w') as f:
    f.create_dataset('runs', data=np.arange(5000).reshape(500, 10) // 700, compression='lzf', chunks=(64, 7))
    f.create_dataset('noise', data=np.random.default_rng(1).random(300).astype('f4'), compression='lzf', shuffle=True, fletcher32=True)
with h5py.File('unknown_filter.h5', 'w') as f:
    p = h5py.h5p.create(h5py.h5p.DATASET_CREATE); p.set_chunk((4,)); p.set_filter(32004, h5py.h5z.FLAG_OPTIONAL)
    d = h5py.h5d.create(f.id, b'x', h5py.h5t.STD_U8LE, h5py.h5s.create_simple((4,)), p)
    d.write_direct_chunk((0,), bytes(4))
# 6 one member that is no numbers
with h5py.File('mixed.h5', 'w') as f: f['x'] = np.arange(3.); f['names'] = np.array([b'a', b'b'])
np.savez('mixed.npz', x=np.arange(3.), names=np.array(['a', 'b']))
scipy.io.savemat('mixed.mat', {'X': np.arange(6.).reshape(2, 3), 'name': 'abc'})
# 7 JPEG files that libjpeg warns of, whose pixels are all there
Image.fromarray((np.add.outer(np.arange(32), np.arange(32)) * 4).astype(np.uint8)).save('good.jpg', quality=95)
d = open('good.jpg', 'rb').read(); i = d.find(b'\xff\xdb')
w('junk_between_segments.jpg', d[:i] + b'\0' * 5 + d[i:])
w('zeros_before_end.jpg', d[:-2] + b'\0' * 9 + d[-2:])
w('unknown_jfif.jpg', d.replace(b'JFIF\0\x01', b'JFIF\0\x03'))

# 8 links
with h5py.File('links.h5', 'w') as f:
    f['b/x'] = np.arange(5, dtype='i4'); f['a'] = f['b']; f['latest'] = h5py.SoftLink('/b/x')
with h5py.File('broken_links.h5', 'w') as f:
    f['b/x'] = np.arange(3.); f['b/near'] = h5py.SoftLink('x'); f['chain'] = h5py.SoftLink('b/near')
    f['gone'] = h5py.SoftLink('/b/y'); f['one'] = h5py.SoftLink('/two'); f['two'] = h5py.SoftLink('/one')
    f['other'] = h5py.ExternalLink('other.h5', '/x')
with h5py.File('elsewhere.h5', 'w') as f:
    l = h5py.VirtualLayout((4,), 'f4'); l[:] = h5py.VirtualSource('other.h5', 'x', (4,)); f.create_virtual_dataset('virtual', l)
    f.create_dataset('external', (4,), 'f4', external=[('raw', 0, 16)])
# 9 CMYK without Adobe's marker
a = np.zeros((16, 16, 4), np.uint8); a[:] = 200, 30, 60, 10
Image.fromarray(a, 'CMYK').save('cmyk_adobe.jpg', quality=95)
d = open('cmyk_adobe.jpg', 'rb').read(); i = d.find(b'\xff\xee'); n = int.from_bytes(d[i + 2:i + 4], 'big')
w('cmyk_no_adobe.jpg', d[:i] + d[i + 2 + n:])
# 10 a name in Latin-1
np.save('t.npy', np.arange(3.)); os.rename('t.npy', b'caf\xe9.npy')
# 11 user block
with h5py.File('userblock1024.h5', 'w', userblock_size=1024) as f: f['x'] = np.arange(10, dtype='f4')
with h5py.File('userblock8192.h5', 'w', userblock_size=8192) as f: f['x'] = np.arange(10, dtype='f4')
d = open('userblock8192.h5', 'rb').read(); w('userblock8192.h5', b' text' * 1638 + b'\n\n' + d[8192:])
# 12 errors that mislead
gzip.open('table.csv.gz', 'wt').write('a,b\n1,2\n')
w('control_character.csv', b'a,b\nx\x1ay,2\n')
h = b"{'descr': 'float64', 'fortran_order': False, 'shape': (2,), }\n"
w('descr_float64.npy', b'\x93NUMPY\1\0' + struct.pack('<H', len(h)) + h + np.arange(2.).tobytes())
np.save('fortran.npy', np.asfortranarray(np.random.default_rng(0).random((4, 8, 8)).astype('f4')))
# 13 strings padded with spaces
with h5py.File('spacepad.h5', 'w') as f:
    t = h5py.h5t.C_S1.copy(); t.set_size(8); t.set_strpad(h5py.h5t.STR_SPACEPAD)
    d = h5py.h5d.create(f.id, b's', t, h5py.h5s.create_simple((2,)))
    d.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([b'ab      ', b'abcd    '], 'S8'), mtype=t)
# 14 names that collide
w('duplicate_text.csv', 'a,a,b\nx,p,1\ny,q,2\n')
# 17 images from 0 to 255 as Float
np.save('float_0_255.npy', (np.arange(4 * 784) % 256).reshape(4, 28, 28).astype('f4'))
