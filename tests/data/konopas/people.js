var people = [{"id": "7", "name": ["Jo", "Line", "Dr."], "prog": ["416"], "bio": "Ties."}, {"id": "8", "name": ["Bo Mole"]},
 {id: '9', name: ['Ana', 'Glow',], bio: 'It\'s Ana.'}];
